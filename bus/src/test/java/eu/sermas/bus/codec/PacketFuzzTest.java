package eu.sermas.bus.codec;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.ProtocolVersion;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs Jazzer on [PacketFuzzTarget] in a process of its own, guided by coverage of the codec and
/// with valid packets to begin from. `-Dfuzz.seconds` sets how long, `-Dfuzz.seed` with which seed.
class PacketFuzzTest {

    private static final int SEED_INPUTS = 300;

    @Test
    void nothingButTheProtocolErrorComesOut(@TempDir Path directory) throws Exception {
        int seconds = Integer.getInteger("fuzz.seconds", 30);
        int seed = Integer.getInteger("fuzz.seed", new Random().nextInt(1, Integer.MAX_VALUE));
        System.out.println("fuzz.seconds=" + seconds + " fuzz.seed=" + seed);
        Path corpus = writeSeedInputs(Files.createDirectory(directory.resolve("corpus")), seed);
        Path log = directory.resolve("log");
        Process fuzzer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classPath(),
                                "-Xmx512m",
                                "-XX:+EnableDynamicAgentLoading",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "com.code_intelligence.jazzer.Jazzer",
                                "--target_class=" + PacketFuzzTarget.class.getName(),
                                "--instrumentation_includes=eu.sermas.bus.codec.**"
                                        + File.pathSeparator
                                        + "eu.sermas.bus.packet.**",
                                "--custom_hook_excludes=io.netty.**", // it fails on Netty's Unsafe
                                "-max_total_time=" + seconds,
                                "-seed=" + seed,
                                "-max_len=4096",
                                "-timeout=60",
                                corpus.toString())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        int exit = fuzzer.waitFor();
        String output = Files.readString(log);
        System.out.println(lastLine(output));
        assertThat(exit).as("fuzzer with seed %d said:%n%s", seed, output).isZero();
        assertThat(output).contains("DONE");
    }

    private static Path writeSeedInputs(Path corpus, int seed) throws IOException {
        for (ProtocolVersion version : ProtocolVersion.values()) {
            RandomPackets packets = new RandomPackets(new Random(seed), version);
            for (int i = 0; i < SEED_INPUTS; i++) {
                byte[] packet = Wire.encode(packets.next(), version);
                byte[] input = new byte[packet.length + 1];
                input[0] = (byte) version.ordinal();
                System.arraycopy(packet, 0, input, 1, packet.length);
                Files.write(corpus.resolve(version + "-" + i), input);
            }
        }
        return corpus;
    }

    /// Surefire may hide the class path in the manifest of a jar, and names it in a property then.
    private static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static String lastLine(String output) {
        return output.lines().filter(line -> line.contains("exec/s")).reduce("", (a, b) -> b);
    }
}
