package eu.sermas.bus.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Packets in pieces, and what is held of them.
class InboundTest {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;
    private static final int FREE = 8 * KIB;
    private static final int MOST = 6 * MIB;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final Shares shares = new Shares(16 * MIB, 2);
    private final Shares owners = new Shares(Long.MAX_VALUE / 2, 1);
    private final List<Inbound> all = new ArrayList<>();

    private Inbound inbound(Predicate<Publish> refuses) {
        PacketDecoder decoder = new PacketDecoder(16 * MIB);
        decoder.version(ProtocolVersion.MQTT_5);
        Inbound inbound = new Inbound(decoder, allocator, allowance());
        inbound.loggedIn(allowance(), refuses, 16 * MIB, _ -> true);
        all.add(inbound);
        return inbound;
    }

    private InputAllowance allowance() {
        return new InputAllowance(
                () -> shares.open("app"), () -> owners.open("principal"), FREE, MOST);
    }

    @AfterEach
    void nothingIsHeldInTheEnd() {
        all.forEach(Inbound::release);
        assertThat(shares.used()).isZero();
        assertThat(owners.used()).isZero();
        assertThat(shares.owners()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isZero();
    }

    private static Publish publish(String topic, int payload, Properties properties) {
        return new Publish(
                Topic.of(topic), new byte[payload], QoS.AT_LEAST_ONCE, false, false, 1, properties);
    }

    private ByteBuf encoded(Packet... packets) {
        ByteBuf out = allocator.buffer();
        for (Packet packet : packets) {
            PacketEncoder.encode(packet, ProtocolVersion.MQTT_5, out);
        }
        return out;
    }

    private static List<Packet> packetsOf(Inbound inbound) throws Exception {
        List<Packet> packets = new ArrayList<>();
        for (Packet packet = inbound.next(); packet != null; packet = inbound.next()) {
            packets.add(packet);
        }
        return packets;
    }

    private static List<String> shown(List<Packet> packets) {
        return packets.stream()
                .map(
                        packet ->
                                packet instanceof Publish p
                                        ? p.topic()
                                                + " "
                                                + p.payload().length
                                                + " "
                                                + p.properties()
                                        : packet.toString())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void piecesMakeTheSamePackets(long seed) throws Exception {
        Random random = new Random(seed);
        List<Packet> sent = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean no = random.nextInt(3) == 0;
            Properties properties =
                    random.nextBoolean()
                            ? Properties.NONE
                            : Properties.builder()
                                    .add(Property.CONTENT_TYPE, "c".repeat(random.nextInt(40_000)))
                                    .build();
            int payload = random.nextInt(1 << random.nextInt(20));
            Publish publish = publish(no ? "no" : "yes", payload, properties);
            sent.add(publish);
            sent.add(PingReq.INSTANCE);
            expected.addAll(shown(List.of(publish, PingReq.INSTANCE)));
        }
        Inbound inbound = inbound(head -> "no".equals(String.valueOf(head.topic())));
        List<Packet> received = new ArrayList<>();
        ByteBuf bytes = encoded(sent.toArray(Packet[]::new));
        while (bytes.isReadable()) {
            int most = 1 + random.nextInt(1 << random.nextInt(17));
            inbound.append(bytes.readBytes(Math.min(most, bytes.readableBytes())));
            received.addAll(packetsOf(inbound));
        }
        bytes.release();
        // Of those that are refused only the head is certain.
        assertThat(shown(received).stream().map(InboundTest::lessPayload))
                .isEqualTo(expected.stream().map(InboundTest::lessPayload).toList());
        assertThat(inbound.isUnfinished()).isFalse();
        assertThat(shares.used()).isZero();
    }

    private static String lessPayload(String shown) {
        return shown.startsWith("no ") ? shown.replaceFirst(" \\d+ ", " ") : shown;
    }

    @Test
    void whatIsHeldFollowsWhatHasCome() throws Exception {
        Inbound inbound = inbound(_ -> false);
        ByteBuf bytes = encoded(publish("t", 4 * MIB, Properties.NONE));
        long before = allocator.metric().usedHeapMemory();
        for (int come = 0; come < 64 * KIB; come += KIB) {
            inbound.append(bytes.readBytes(KIB));
            assertThat(inbound.next()).isNull();
            assertThat(allocator.metric().usedHeapMemory() - before)
                    .isLessThanOrEqualTo(2 * (come + KIB) + 64);
        }
        assertThat(shares.used()).as("set aside").isGreaterThan(4 * MIB);
        bytes.release();
    }

    @Test
    void aRefusedMessageIsNotHeld() throws Exception {
        Inbound inbound = inbound(_ -> true);
        ByteBuf bytes = encoded(publish("t", 4 * MIB, Properties.NONE));
        inbound.append(bytes.readBytes(64 * KIB));
        assertThat(inbound.next()).isNull();
        assertThat(shares.used()).isZero();
        assertThat(allocator.metric().usedHeapMemory()).isEqualTo(bytes.capacity());
        assertThat(inbound.isUnfinished()).isTrue();
        inbound.append(bytes.readBytes(bytes.readableBytes()));
        assertThat(shown(packetsOf(inbound))).containsExactly("t 0 " + Properties.NONE);
        bytes.release();
    }

    @Test
    void waitsWhereOthersHaveTheRoomAndGoesOnThen() throws Exception {
        try (Share others = shares.open("others")) {
            assertThat(others.take(10 * MIB)).isTrue();
            Inbound inbound = inbound(_ -> false);
            inbound.append(encoded(publish("t", 5 * MIB, Properties.NONE), PingReq.INSTANCE));
            ByteBuf begin = encoded(publish("t", 5 * MIB, Properties.NONE));
            inbound.append(begin.readBytes(100 * KIB));
            assertThat(packetsOf(inbound)).as("whole packets need no room").hasSize(2);
            assertThat(inbound.isWaiting()).isTrue();
            assertThat(inbound.next()).isNull();
            others.giveBack(10 * MIB);
            assertThat(inbound.next()).isNull();
            assertThat(inbound.isWaiting()).isFalse();
            inbound.append(begin);
            assertThat(packetsOf(inbound)).hasSize(1);
        }
    }

    @Test
    void waitsForOtherPacketsOfTheSameOwnerToo() throws Exception {
        Inbound first = inbound(_ -> false);
        begin(first, 4 * MIB);
        assertThat(first.next()).isNull();
        Inbound second = inbound(_ -> false);
        begin(second, 4 * MIB);
        assertThat(second.next()).isNull();
        assertThat(second.isWaiting()).isTrue();
        first.release();
        assertThat(second.next()).isNull();
        assertThat(second.isWaiting()).isFalse();
    }

    @Test
    void isRefusedWhatIsMoreThanOneOwnerMayHave() {
        Inbound inbound = inbound(_ -> false);
        begin(inbound, MOST + 1);
        assertThatThrownBy(inbound::next)
                .isInstanceOf(InputRefused.class)
                .hasMessageContaining("expected: at most " + MOST);
    }

    @Test
    void whatWaitsIsBoundedToo() throws Exception {
        begin(inbound(_ -> false), 5 * MIB);
        assertThat(all.getLast().next()).isNull();
        int waiting = 0;
        try {
            for (; waiting < 1_000; waiting++) {
                Inbound inbound = inbound(_ -> false);
                ByteBuf bytes = encoded(publish("t", 5 * MIB, Properties.NONE));
                inbound.append(bytes.readBytes(64 * KIB));
                bytes.release();
                assertThat(inbound.next()).isNull();
                assertThat(inbound.isWaiting()).isTrue();
            }
        } catch (InputRefused _) {
            // As it should be.
        }
        assertThat(waiting).isBetween(50, 2 * MOST / (64 * KIB));
    }

    private void begin(Inbound inbound, int payload) {
        ByteBuf bytes = encoded(publish("t", payload, Properties.NONE));
        inbound.append(bytes.readBytes(100));
        bytes.release();
    }

    @Test
    void theHeadOfAMessageNeedsRoomOnlyForItself() throws Exception {
        Properties large =
                Properties.builder().add(Property.CONTENT_TYPE, "c".repeat(60_000)).build();
        Inbound inbound = inbound(_ -> true);
        ByteBuf bytes = encoded(publish("t", 4 * MIB, large));
        inbound.append(bytes.readBytes(10 * KIB));
        assertThat(inbound.next()).isNull();
        assertThat(shares.used()).isBetween(60_000L, 61_000L);
        bytes.release();
    }
}
