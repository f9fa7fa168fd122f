package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.AttributeKey;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two codecs that were written apart must read each other's packets. A packet, said in Netty's
/// terms and written by Netty, must be read as that packet here; and what is written here must be
/// read by Netty as the message that it was said to be. `-Dcodec.seed` repeats a run.
class NettyDifferentialTest {

    private static final int PACKETS = 5_000;

    /// Where Netty's codec keeps the version of a connection, which it learns from CONNECT.
    private static final AttributeKey<MqttVersion> VERSION =
            AttributeKey.valueOf("NETTY_CODEC_MQTT_VERSION");

    @ParameterizedTest
    @EnumSource
    void readsWhatNettyWritesAndIsReadByNetty(ProtocolVersion version) throws Exception {
        long seed = Long.getLong("codec.seed", new Random().nextLong());
        System.out.println(version + " codec.seed=" + seed);
        RandomPackets packets = new RandomPackets(new Random(seed), version);
        EmbeddedChannel channel =
                new EmbeddedChannel(new MqttDecoder(Wire.MAX_PACKET_SIZE), MqttEncoder.INSTANCE);
        for (int i = 0; i < PACKETS; i++) {
            Packet packet = packets.next();
            channel.attr(VERSION).set(netty(version));
            byte[] theirs = write(channel, NettyMessages.of(packet, version));
            Packet decoded = Wire.decoder(version).decode(Unpooled.wrappedBuffer(theirs));
            assertThat(Wire.canonicalUnordered(decoded))
                    .as("written by Netty, seed %d, packet %d", seed, i)
                    .isEqualTo(Wire.canonicalUnordered(packet));

            byte[] ours = Wire.encode(packet, version);
            assertThat(theirs)
                    .as("%s: longer than Netty's", packet)
                    .hasSizeGreaterThanOrEqualTo(ours.length);
            channel.writeInbound(Unpooled.wrappedBuffer(ours));
            MqttMessage message = channel.readInbound();
            assertThat(message.decoderResult().cause()).as("%s, seed %d", packet, seed).isNull();
            assertThat(write(channel, message))
                    .as("read by Netty, seed %d, packet %d: %s", seed, i, packet)
                    .isEqualTo(theirs);
        }
        channel.finishAndReleaseAll();
    }

    private static byte[] write(EmbeddedChannel channel, MqttMessage message) {
        channel.writeOutbound(message);
        ByteBuf out = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    private static MqttVersion netty(ProtocolVersion version) {
        return MqttVersion.fromProtocolNameAndLevel(version.protocolName(), (byte) version.level());
    }
}
