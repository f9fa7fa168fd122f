package eu.sermas.bus.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.util.Environment;

/// In a process of its own each time, since a library is loaded once.
class NativeLibraryTest {

    @TempDir private Path temporary;

    /// The process that loads it.
    static final class Loader {

        private Loader() {}

        public static void main(String[] args) {
            NativeLibrary.load(Path.of(args[0]));
        }
    }

    @Test
    void nothingIsLeftOfWhatWasLoaded() throws Exception {
        assertThat(exitOfLoading(temporary.resolve("native"))).isZero();
        assertThat(temporary.resolve("native")).isEmptyDirectory();
    }

    @Test
    void whatSomebodyHasPutThereIsRemovedUnread() throws Exception {
        Path directory = Files.createDirectory(temporary.resolve("native"));
        Path folder = Files.createDirectory(directory.resolve("0"));
        for (String name : new String[] {"rocksdbjni", "rocksdb"}) {
            Files.writeString(
                    folder.resolve(Environment.getJniLibraryFileName(name)), "not machine code");
        }
        Files.writeString(directory.resolve("libsnappy.so"), "not machine code");
        assertThat(exitOfLoading(directory)).isZero();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("file"), "precious");
        Path directory = Files.createSymbolicLink(temporary.resolve("native"), elsewhere);
        assertThat(exitOfLoading(directory)).isZero();
        assertThat(elsewhere.resolve("file")).hasContent("precious");
        assertThat(Files.isSymbolicLink(directory)).isFalse();
    }

    private static int exitOfLoading(Path directory) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                System.getProperty("java.home") + File.separator + "bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Loader.class.getName(),
                                directory.toString())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
