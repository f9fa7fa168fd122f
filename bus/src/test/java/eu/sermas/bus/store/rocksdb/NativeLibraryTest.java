package eu.sermas.bus.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
    void aRelativeDirectoryIsAsGood() throws Exception {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
        Path said = temporary.resolve("said");
        ProcessBuilder loader =
                loader(Path.of("native"), "-Djava.io.tmpdir=" + elsewhere)
                        .directory(temporary.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        assertThat(exitOf(loader)).isZero();
        assertThat(said).isEmptyFile();
        assertThat(elsewhere).isEmptyDirectory();
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
        return exitOf(loader(directory).inheritIO());
    }

    private static ProcessBuilder loader(Path directory, String... options) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin/java");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(options));
        // The class path may have folders that are relative to where this process is.
        command.addAll(List.of("-cp", absoluteClassPath(), Loader.class.getName()));
        command.add(directory.toString());
        return new ProcessBuilder(command);
    }

    private static String absoluteClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> new File(entry).getAbsolutePath())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static int exitOf(ProcessBuilder loader) throws IOException, InterruptedException {
        Process process = loader.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
