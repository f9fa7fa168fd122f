package eu.sermas.bus.bench;

import eu.sermas.bus.codec.FrameDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Takes the contents out of the WebSocket frames of one read, of which each holds one packet, as
/// clients send them.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameBenchmark {

    private static final int FRAMES = 32;
    private static final int HEADER = 8;
    private static final int MASK = 0x1234_5678;

    /// Bytes of a packet: with the short form of the frame's length, and with the long one.
    @Param({"100", "1000"})
    public int size;

    private final FrameDecoder decoder = new FrameDecoder(true);
    private ByteBuf read;
    private ByteBuf buffer;

    @Setup
    public void prepare() {
        read = PooledByteBufAllocator.DEFAULT.directBuffer(FRAMES * (HEADER + size));
        buffer = PooledByteBufAllocator.DEFAULT.directBuffer(read.capacity());
        for (int i = 0; i < FRAMES; i++) {
            read.writeByte(0x82);
            if (size < 126) {
                read.writeByte(0x80 | size);
            } else {
                read.writeByte(0x80 | 126).writeShort(size);
            }
            read.writeInt(MASK).writeZero(size);
        }
    }

    @TearDown
    public void release() {
        read.release();
        buffer.release();
    }

    /// With the copy that puts the frames back; [#copy] is that alone.
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int unframe() {
        buffer.clear().writeBytes(read, 0, read.writerIndex());
        int status = decoder.decode(buffer, 0);
        if (status != 0 || buffer.writerIndex() != FRAMES * size) {
            throw new IllegalStateException("status " + status);
        }
        return status;
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public ByteBuf copy() {
        return buffer.clear().writeBytes(read, 0, read.writerIndex());
    }
}
