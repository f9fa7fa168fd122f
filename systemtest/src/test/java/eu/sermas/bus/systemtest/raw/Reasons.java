package eu.sermas.bus.systemtest.raw;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Which reason codes of MQTT 5 (table 2-6) each packet may carry.
public final class Reasons {

    public static final int NO_MATCHING_SUBSCRIBERS = 0x10;
    public static final int NO_SUBSCRIPTION_EXISTED = 0x11;
    public static final int CONTINUE_AUTHENTICATION = 0x18;
    public static final int REAUTHENTICATE = 0x19;
    public static final int MALFORMED = 0x81;
    public static final int PROTOCOL_ERROR = 0x82;
    public static final int NOT_AUTHORIZED = 0x87;
    public static final int BAD_AUTHENTICATION_METHOD = 0x8C;
    public static final int SESSION_TAKEN_OVER = 0x8E;
    public static final int TOPIC_NAME_INVALID = 0x90;
    public static final int PACKET_IDENTIFIER_NOT_FOUND = 0x92;
    public static final int RECEIVE_MAXIMUM_EXCEEDED = 0x93;
    public static final int TOPIC_ALIAS_INVALID = 0x94;
    public static final int PACKET_TOO_LARGE = 0x95;
    public static final int QUOTA_EXCEEDED = 0x97;
    public static final int PAYLOAD_FORMAT_INVALID = 0x99;

    private static final Set<Integer> PUBLISH_ANSWER =
            Set.of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);

    private static final Set<Integer> RELEASE = Set.of(0x00, 0x92);

    private static final Map<Type, Set<Integer>> LISTED =
            Map.of(
                    Type.CONNACK,
                    codes(
                            0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A,
                            0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F),
                    Type.PUBACK,
                    PUBLISH_ANSWER,
                    Type.PUBREC,
                    PUBLISH_ANSWER,
                    Type.PUBREL,
                    RELEASE,
                    Type.PUBCOMP,
                    RELEASE,
                    Type.SUBACK,
                    codes(0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2),
                    Type.UNSUBACK,
                    codes(0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91),
                    Type.DISCONNECT,
                    codes(
                            0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E,
                            0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C,
                            0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2),
                    Type.AUTH,
                    codes(0x00, 0x18, 0x19));

    private Reasons() {}

    private static Set<Integer> codes(Integer... codes) {
        return Set.of(codes);
    }

    /// @param type one that carries a reason code
    static Set<Integer> listed(Type type) {
        return LISTED.getOrDefault(type, Set.of());
    }

    /// Every other byte.
    public static List<Integer> notListed(Type type) {
        return IntStream.range(0, 0x100).filter(c -> !listed(type).contains(c)).boxed().toList();
    }
}
