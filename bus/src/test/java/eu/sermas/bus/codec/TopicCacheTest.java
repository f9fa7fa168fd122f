package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a decoder remembers of the topics of its connection.
class TopicCacheTest {

    private final PacketDecoder decoder = new PacketDecoder(1 << 20);
    private long counted;
    private boolean full;

    TopicCacheTest() {
        decoder.version(ProtocolVersion.MQTT_3_1_1);
        decoder.topicRoom(
                bytes -> {
                    if (full && bytes > 0) {
                        return false;
                    }
                    counted += bytes;
                    return true;
                });
    }

    private Topic decode(String topic) throws MalformedPacketException {
        byte[] name = topic.getBytes(StandardCharsets.UTF_8);
        ByteBuf packet = Unpooled.buffer().writeByte(0x30);
        int length = 2 + name.length;
        while (length > 0x7F) {
            packet.writeByte(0x80 | (length & 0x7F));
            length >>= 7;
        }
        packet.writeByte(length).writeShort(name.length).writeBytes(name);
        Publish publish = (Publish) Objects.requireNonNull(decoder.decode(packet));
        return Objects.requireNonNull(publish.topic());
    }

    @Test
    void whatItRemembersIsCounted() throws MalformedPacketException {
        Topic first = decode("app/a/ui/content");
        decode("app/a/ui/status");
        assertThat(decode("app/a/ui/content")).isSameAs(first);
        assertThat(counted).isEqualTo(first.cost() + decode("app/a/ui/status").cost());
    }

    @Test
    void itNeverHoldsMoreThanItsMostNorLessThanNothing() throws MalformedPacketException {
        for (int i = 0; i < 20_000; i++) {
            decode("app/a/" + i + "/" + "x".repeat(i % 400));
            assertThat(counted).isBetween(0L, 48L * 1024);
        }
        assertThat(counted).isGreaterThan(8 * 1024);
    }

    @Test
    void withoutRoomItRemembersNothingMore() throws MalformedPacketException {
        full = true;
        for (int i = 0; i < 1_000; i++) {
            assertThat(decode("app/a/" + i).name()).isEqualTo("app/a/" + i);
        }
        assertThat(counted).isZero();
    }
}
