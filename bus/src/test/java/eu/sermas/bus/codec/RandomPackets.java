package eu.sermas.bus.codec;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import eu.sermas.bus.packet.UserProperty;
import eu.sermas.bus.packet.Will;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Valid packets of every type, any field of which may be anything that the specification allows.
final class RandomPackets {

    private static final String[] TEXTS = {
        "", "a", "sensor", "température", "\uFEFFbom", "日本語", "\uD83D\uDE80", "with space", "/"
    };
    private static final String[] LEVELS = {
        "app", "myapp", "", "dialogue", "é", "\uD83D\uDE80", "$x"
    };

    private final Random random;
    private final ProtocolVersion version;

    RandomPackets(Random random, ProtocolVersion version) {
        this.random = random;
        this.version = version;
    }

    Packet next() {
        int types = version.isMqtt5() ? 15 : 14;
        return next(PacketType.ofCode(1 + random.nextInt(types)));
    }

    private Packet next(PacketType type) {
        return switch (type) {
            case CONNECT -> connect();
            case CONNACK -> connAck();
            case PUBLISH -> publish();
            case PUBACK -> new PubAck(id(), code(type), properties(type));
            case PUBREC -> new PubRec(id(), code(type), properties(type));
            case PUBREL -> new PubRel(id(), code(type), properties(type));
            case PUBCOMP -> new PubComp(id(), code(type), properties(type));
            case SUBSCRIBE -> new Subscribe(id(), some(this::subscription), properties(type));
            case SUBACK -> new SubAck(id(), some(this::granted), properties(type));
            case UNSUBSCRIBE -> new Unsubscribe(id(), some(this::filter), properties(type));
            case UNSUBACK -> unsubAck();
            case PINGREQ -> PingReq.INSTANCE;
            case PINGRESP -> PingResp.INSTANCE;
            case DISCONNECT -> new Disconnect(code(type), properties(type));
            case AUTH -> new Auth(code(type), withMethod(properties(type)));
            case WILL -> throw new AssertionError(type);
        };
    }

    private Connect connect() {
        boolean user = random.nextBoolean();
        boolean password = random.nextBoolean() && (user || version.isMqtt5());
        String clientId = version == ProtocolVersion.MQTT_3_1 ? "id" + id() : text();
        return new Connect(
                version,
                clientId,
                random.nextBoolean(),
                random.nextInt(65_536),
                random.nextBoolean() ? will() : null,
                user ? text() : null,
                password ? payload(40) : null,
                properties(PacketType.CONNECT));
    }

    private Will will() {
        Properties properties = properties(PacketType.WILL);
        return new Will(topic(), payload(300), qos(), random.nextBoolean(), properties);
    }

    private ConnAck connAck() {
        ReasonCode code =
                version.isMqtt5()
                        ? code(PacketType.CONNACK)
                        : Objects.requireNonNull(ReturnCodes.ofConnAck(random.nextInt(6)));
        boolean session =
                code == ReasonCode.SUCCESS
                        && version != ProtocolVersion.MQTT_3_1
                        && random.nextBoolean();
        return new ConnAck(session, code, properties(PacketType.CONNACK));
    }

    private Publish publish() {
        QoS qos = qos();
        int id = qos == QoS.AT_MOST_ONCE ? 0 : id();
        boolean dup = qos != QoS.AT_MOST_ONCE && random.nextBoolean();
        Properties properties = properties(PacketType.PUBLISH);
        boolean aliased = properties.has(Property.TOPIC_ALIAS) && random.nextBoolean();
        @Nullable Topic topic = aliased ? null : topic();
        return new Publish(topic, payload(2000), qos, random.nextBoolean(), dup, id, properties);
    }

    private UnsubAck unsubAck() {
        return version.isMqtt5()
                ? new UnsubAck(
                        id(),
                        some(() -> code(PacketType.UNSUBACK)),
                        properties(PacketType.UNSUBACK))
                : new UnsubAck(id(), List.of(), Properties.NONE);
    }

    private Subscription subscription() {
        TopicFilter filter = filter();
        if (!version.isMqtt5()) {
            return Subscription.of(filter, qos());
        }
        return new Subscription(
                filter,
                qos(),
                !filter.isShared() && random.nextBoolean(),
                random.nextBoolean(),
                RetainHandling.of(random.nextInt(3)));
    }

    private ReasonCode granted() {
        if (version.isMqtt5()) {
            return code(PacketType.SUBACK);
        }
        int returnCode = random.nextInt(4) == 0 ? ReturnCodes.FAILURE : random.nextInt(3);
        return Objects.requireNonNull(ReturnCodes.ofSubAck(returnCode));
    }

    private ReasonCode code(PacketType type) {
        ReasonCode code = ReasonCode.SUCCESS;
        if (version.isMqtt5() && random.nextInt(3) > 0) {
            do {
                code = ReasonCode.values()[random.nextInt(ReasonCode.values().length)];
            } while (!code.allowedIn(type));
        }
        return code;
    }

    private Properties properties(PacketType type) {
        if (!version.isMqtt5() || random.nextBoolean()) {
            return Properties.NONE;
        }
        Properties.Builder builder = Properties.builder();
        for (Property property : Property.values()) {
            if (property.allowedIn(type) && random.nextInt(3) == 0 && isApt(property, builder)) {
                int times = property.repeatableIn(type) ? 1 + random.nextInt(3) : 1;
                for (int i = 0; i < times; i++) {
                    builder.add(property, value(property));
                }
            }
        }
        return builder.build();
    }

    private static boolean isApt(Property property, Properties.Builder before) {
        return property != Property.AUTHENTICATION_DATA
                || before.has(Property.AUTHENTICATION_METHOD);
    }

    private static Properties withMethod(Properties properties) {
        return properties.has(Property.AUTHENTICATION_METHOD)
                ? properties
                : Properties.builder()
                        .addAll(properties)
                        .add(Property.AUTHENTICATION_METHOD, "JWT")
                        .build();
    }

    private Object value(Property property) {
        if (property == Property.RESPONSE_TOPIC) {
            return topic().name();
        }
        return switch (property.type()) {
            case BYTE -> number(property, 0xFF);
            case TWO_BYTE_INTEGER -> number(property, 0xFFFF);
            case FOUR_BYTE_INTEGER -> number(property, 0xFFFF_FFFFL);
            case VARIABLE_BYTE_INTEGER -> number(property, 268_435_455);
            case STRING -> text();
            case BINARY -> payload(50);
            case STRING_PAIR -> new UserProperty(text(), text());
        };
    }

    private Long number(Property property, long maximum) {
        long value;
        do {
            value = random.nextLong(1L << random.nextInt(1, 33)) & maximum;
        } while (!property.inRange(value) || (property == Property.TOPIC_ALIAS && value == 0));
        return value;
    }

    private <T> List<T> some(Supplier<T> one) {
        List<T> list = new ArrayList<>();
        for (int i = 0, n = 1 + random.nextInt(4); i < n; i++) {
            list.add(one.get());
        }
        return List.copyOf(list);
    }

    private int id() {
        return 1 + random.nextInt(65_535);
    }

    private QoS qos() {
        return QoS.of(random.nextInt(3));
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)].repeat(1 + random.nextInt(3));
    }

    private byte[] payload(int limit) {
        byte[] bytes = new byte[random.nextInt(limit)];
        random.nextBytes(bytes);
        return bytes;
    }

    private Topic topic() {
        StringBuilder name = new StringBuilder("t");
        for (int i = random.nextInt(6); i > 0; i--) {
            name.append('/').append(LEVELS[random.nextInt(LEVELS.length)]);
        }
        return Topic.of(name.toString());
    }

    private TopicFilter filter() {
        StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "$share/group/" : "");
        text.append(topic().name());
        for (int i = random.nextInt(3); i > 0; i--) {
            text.append("/+");
        }
        return TopicFilter.of(text.append(random.nextBoolean() ? "/#" : "").toString());
    }
}
