package eu.sermas.bus.systemtest.raw;

import java.util.ArrayList;
import java.util.List;

/// SUBSCRIBE or UNSUBSCRIBE: the same packet but for the options.
public final class Subscribe {

    public static final int NO_LOCAL = 0x04;
    public static final int RETAIN_AS_PUBLISHED = 0x08;
    public static final int RETAIN_IF_NEW = 0x10;
    public static final int NO_RETAINED = 0x20;

    private record Filter(String text, int options) {}

    private final Type type;
    private final int packetId;
    private final List<Filter> filters = new ArrayList<>();
    private Properties properties = Properties.NONE;

    private Subscribe(Type type, int packetId) {
        this.type = type;
        this.packetId = packetId;
    }

    public static Subscribe subscribe(int packetId) {
        return new Subscribe(Type.SUBSCRIBE, packetId);
    }

    public static Subscribe unsubscribe(int packetId) {
        return new Subscribe(Type.UNSUBSCRIBE, packetId);
    }

    /// @param options the whole options byte: QoS and the constants above
    public Subscribe filter(String filter, int options) {
        filters.add(new Filter(filter, options));
        return this;
    }

    public Subscribe filter(String filter) {
        return filter(filter, 0);
    }

    public Subscribe with(Property property, Object value) {
        properties = properties.with(property, value);
        return this;
    }

    public Subscribe with(Properties other) {
        properties = other;
        return this;
    }

    public byte[] bytes(Version version) {
        var body = Bytes.bytes().u16(packetId);
        if (version == Version.V5) {
            body.raw(properties.encoded());
        }
        for (var filter : filters) {
            body.text(filter.text());
            if (type == Type.SUBSCRIBE) {
                body.u8(filter.options());
            }
        }
        return Bytes.packet(type, body);
    }
}
