package eu.sermas.bus.systemtest.raw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;

/// What a bus may send, read strictly: a packet with other flags, with missing or with surplus
/// bytes or with a reason code that the packet may not carry fails the test.
public sealed interface Packet
        permits Packet.ConnAck,
                Packet.Ack,
                Packet.SubAck,
                Packet.PingResp,
                Packet.Disconnect,
                Packet.Auth,
                Publish {

    Type type();

    /// @param flags the first byte, of which bit 0 is Session Present
    record ConnAck(int flags, int reason, Properties properties) implements Packet {

        @Override
        public Type type() {
            return Type.CONNACK;
        }

        public boolean sessionPresent() {
            return flags == 1;
        }
    }

    /// PUBACK, PUBREC, PUBREL or PUBCOMP.
    record Ack(Type type, int packetId, int reason, Properties properties) implements Packet {}

    /// SUBACK or UNSUBACK.
    record SubAck(Type type, int packetId, Properties properties, List<Integer> reasons)
            implements Packet {}

    record PingResp() implements Packet {

        @Override
        public Type type() {
            return Type.PINGRESP;
        }
    }

    record Disconnect(int reason, Properties properties) implements Packet {

        @Override
        public Type type() {
            return Type.DISCONNECT;
        }
    }

    record Auth(int reason, Properties properties) implements Packet {

        @Override
        public Type type() {
            return Type.AUTH;
        }
    }

    /// @param body all that follows the remaining length
    static Packet read(Version version, int firstByte, byte[] body) {
        var type = Type.of(firstByte);
        var in = new Cursor(body);
        if (type == Type.PUBLISH) {
            return Publish.read(version, firstByte & 0b1111, in);
        }
        assertThat(firstByte).as("first byte of %s", type).isEqualTo(type.firstByte());
        var packet =
                switch (type) {
                    case CONNACK ->
                            new ConnAck(
                                    in.u8(),
                                    version == Version.V5 ? listed(type, in.u8()) : in.u8(),
                                    version == Version.V5 ? Properties.read(in) : Properties.NONE);
                    case PUBACK, PUBREC, PUBREL, PUBCOMP ->
                            new Ack(type, in.u16(), reason(type, in), properties(in));
                    case SUBACK, UNSUBACK -> subAck(version, type, in);
                    case PINGRESP -> new PingResp();
                    case DISCONNECT -> new Disconnect(reason(type, in), properties(in));
                    case AUTH -> new Auth(reason(type, in), properties(in));
                    case PUBLISH, RESERVED, CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ ->
                            throw new AssertionError(type + " from the bus");
                };
        assertThat(in.rest()).as("surplus bytes behind %s", packet).isEmpty();
        return packet;
    }

    /// Absent reasons and properties mean 0 and none (3.4.2.1); before MQTT 5 they never stand.
    private static int reason(Type type, Cursor in) {
        return in.hasMore() ? listed(type, in.u8()) : 0;
    }

    private static int listed(Type type, int reason) {
        assertThat(Reasons.listed(type)).as("reason codes of %s", type).contains(reason);
        return reason;
    }

    private static Properties properties(Cursor in) {
        return in.hasMore() ? Properties.read(in) : Properties.NONE;
    }

    private static SubAck subAck(Version version, Type type, Cursor in) {
        int packetId = in.u16();
        var properties = version == Version.V5 ? Properties.read(in) : Properties.NONE;
        var reasons = IntStream.generate(in::u8).limit(in.remaining()).boxed().toList();
        if (version == Version.V5) {
            reasons.forEach(reason -> listed(type, reason));
        }
        return new SubAck(type, packetId, properties, reasons);
    }
}
