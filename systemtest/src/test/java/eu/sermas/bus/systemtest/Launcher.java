package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The launcher script of the product, and commands that run to their end.
public final class Launcher {

    public static final Path ROOT =
            Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();
    static final Path PATH = ROOT.resolve("sermas-bus");

    private static final int FINISHED_WITHIN_SECONDS = 60;

    private Launcher() {}

    /// What a finished command left behind; [#output] holds both streams, as a terminal shows them.
    public record Finished(int status, String output) {

        public Finished expect(int expected) {
            assertThat(status).as("exit status of the command\n%s", output).isEqualTo(expected);
            return this;
        }
    }

    public static Finished run(String... args) {
        var command = new ArrayList<String>();
        command.add(PATH.toString());
        command.addAll(List.of(args));
        return exec(Map.of("JAVA_HOME", System.getProperty("java.home")), command);
    }

    /// Runs any command in the root of the project.
    static Finished exec(Map<String, String> environment, List<String> command) {
        try {
            var process = start(environment, command);
            process.getOutputStream().close();
            // Whoever hangs is ended, so that reading its output ends too.
            var _ =
                    process.onExit()
                            .orTimeout(FINISHED_WITHIN_SECONDS, SECONDS)
                            .exceptionally(_ -> process.destroyForcibly());
            var output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new Finished(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Process start(Map<String, String> environment, List<String> command) throws IOException {
        var builder = new ProcessBuilder(command).directory(ROOT.toFile());
        builder.environment().putAll(environment);
        return builder.redirectErrorStream(true).start();
    }
}
