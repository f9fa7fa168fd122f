package eu.sermas.bus.systemtest.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Libraries that stand between a process and the system it runs on.
final class Preload {

    private static final Path SOURCES = Path.of("src/test/c");
    private static final String COMPILE = "cc -shared -fPIC -O2 -Wall -Wextra -Werror -o";

    private Preload() {}

    /// Compiles one of them.
    ///
    /// @param name of its source, without `.c`
    /// @return for `LD_PRELOAD`
    static Path compiled(String name) {
        try {
            var library = Files.createTempFile(name, ".so");
            library.toFile().deleteOnExit();
            var command = new ArrayList<>(List.of(COMPILE.split(" ")));
            command.addAll(
                    List.of(library.toString(), SOURCES.resolve(name + ".c").toString(), "-ldl"));
            var cc = new ProcessBuilder(command).redirectErrorStream(true).start();
            var output = new String(cc.getInputStream().readAllBytes(), UTF_8);
            assertThat(cc.waitFor()).as("cc\n%s", output).isZero();
            return library;
        } catch (IOException e) {
            throw new IllegalStateException("no C compiler: run scripts/install-test-tools", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
