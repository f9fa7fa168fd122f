package eu.sermas.bus.systemtest.raw;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/// CONNECT, a clean one with a keep alive of 60 s where nothing else is said.
public final class Connect {

    private static final int USER_NAME = 0x80;
    private static final int PASSWORD = 0x40;
    private static final int WILL_RETAIN = 0x20;
    private static final int WILL = 0x04;
    private static final int CLEAN = 0x02;

    private final Version version;
    private byte[] clientId;
    private String protocolName;
    private int level;
    private int flagsToFlip;
    private boolean clean = true;
    private int keepAlive = 60;
    private Properties properties = Properties.NONE;
    private @Nullable Publish will;
    private byte @Nullable [] userName;
    private byte @Nullable [] password;

    private Connect(Version version, String clientId) {
        this.version = version;
        this.clientId = clientId.getBytes(UTF_8);
        this.protocolName = version.protocolName();
        this.level = version.level();
    }

    public static Connect v5(String clientId) {
        return new Connect(Version.V5, clientId);
    }

    public static Connect v311(String clientId) {
        return new Connect(Version.V311, clientId);
    }

    public static Connect v31(String clientId) {
        return new Connect(Version.V31, clientId);
    }

    /// The version that an answer is written in: that of MQTT 3 for levels which are older.
    Version version() {
        return level < Version.V5.level() ? Version.V311 : version;
    }

    /// A client identifier that may be no UTF-8.
    public Connect clientId(byte[] bytes) {
        clientId = bytes.clone();
        return this;
    }

    public Connect protocol(String name, int otherLevel) {
        protocolName = name;
        level = otherLevel;
        return this;
    }

    /// Clean Start (MQTT 5) or CleanSession (before) 0.
    public Connect unclean() {
        clean = false;
        return this;
    }

    /// Inverts flags, so that they no longer fit the payload.
    public Connect flip(int flags) {
        flagsToFlip ^= flags;
        return this;
    }

    public Connect keepAlive(int seconds) {
        keepAlive = seconds;
        return this;
    }

    public Connect with(Property property, Object value) {
        properties = properties.with(property, value);
        return this;
    }

    public Connect with(Properties other) {
        properties = other;
        return this;
    }

    /// What the receiver of the answers accepts, in bytes.
    long maximumPacketSize() {
        return properties.all(Property.MAXIMUM_PACKET_SIZE).stream()
                .mapToLong(Long.class::cast)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    /// Its properties become the will properties.
    public Connect will(Publish message) {
        will = message;
        return this;
    }

    public Connect userName(String name) {
        return userName(name.getBytes(UTF_8));
    }

    /// A user name that may be no UTF-8.
    public Connect userName(byte[] bytes) {
        userName = bytes.clone();
        return this;
    }

    public Connect password(String text) {
        password = text.getBytes(UTF_8);
        return this;
    }

    /// The flags as they are sent.
    public int flags() {
        int flags = clean ? CLEAN : 0;
        if (will != null) {
            flags |= WILL | will.qos() << 3 | (will.retain() ? WILL_RETAIN : 0);
        }
        flags |= userName == null ? 0 : USER_NAME;
        flags |= password == null ? 0 : PASSWORD;
        return flags ^ flagsToFlip;
    }

    public byte[] bytes() {
        var body = Bytes.bytes().text(protocolName).u8(level).u8(flags()).u16(keepAlive);
        if (version == Version.V5) {
            body.raw(properties.encoded());
        }
        body.binary(clientId);
        if (will != null) {
            if (version == Version.V5) {
                body.raw(will.properties().encoded());
            }
            body.text(will.topic()).binary(will.payload());
        }
        if (userName != null) {
            body.binary(userName);
        }
        if (password != null) {
            body.binary(password);
        }
        return Bytes.packet(Type.CONNECT, body);
    }
}
