package eu.sermas.bus.bench;

import eu.sermas.bus.codec.EncodedPublish;
import eu.sermas.bus.codec.MalformedPacketException;
import eu.sermas.bus.codec.PacketDecoder;
import eu.sermas.bus.codec.PacketEncoder;
import eu.sermas.bus.codec.PublishEncoder;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Bytes to a PUBLISH or PUBACK and back, for a payload of 64 bytes.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {

    private static final Topic TOPIC = Topic.of("app/myapp/dialogue/messages/0c5e6a5e");

    @Param({"MQTT_3_1_1", "MQTT_5"})
    public ProtocolVersion version;

    private final Message message = Message.of(TOPIC, new byte[64], QoS.AT_LEAST_ONCE);
    private final ByteBuf out = Unpooled.directBuffer(1024);
    private PacketDecoder decoder;
    private ByteBuf publish;
    private ByteBuf pubAck;
    private EncodedPublish encoded;

    @Setup
    public void prepare() {
        decoder = new PacketDecoder(1024 * 1024);
        decoder.version(version);
        publish = Unpooled.directBuffer(256);
        PacketEncoder.encode(
                new Publish(
                        TOPIC, new byte[64], QoS.AT_LEAST_ONCE, false, false, 7, Properties.NONE),
                version,
                publish);
        pubAck = Unpooled.directBuffer(16);
        PacketEncoder.encode(PubAck.success(7), version, pubAck);
        encoded = PublishEncoder.encode(message, version, QoS.AT_LEAST_ONCE, false, new int[0], 0);
    }

    @Benchmark
    public Packet decodePublish() throws MalformedPacketException {
        return decoder.decode(publish.readerIndex(0));
    }

    @Benchmark
    public Packet decodePubAck() throws MalformedPacketException {
        return decoder.decode(pubAck.readerIndex(0));
    }

    /// Once per message and variant.
    @Benchmark
    public EncodedPublish encodePublish() {
        return PublishEncoder.encode(message, version, QoS.AT_LEAST_ONCE, false, new int[0], 0);
    }

    /// Once per receiver.
    @Benchmark
    public ByteBuf writeEncodedPublish() {
        encoded.write(out.clear(), 7, false);
        return out;
    }

    @Benchmark
    public ByteBuf encodePubAck() {
        PacketEncoder.encode(PubAck.success(7), version, out.clear());
        return out;
    }
}
