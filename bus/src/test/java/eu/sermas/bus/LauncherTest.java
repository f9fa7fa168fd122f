package eu.sermas.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs the launcher script with made-up Javas that only say who they are and what they were given.
class LauncherTest {

    private record Result(int exitCode, String out, String err) {}

    @TempDir Path directory;
    private Path home;

    @BeforeEach
    void unpackADistribution() throws IOException {
        home = Files.createDirectory(directory.resolve("dist with space"));
        Files.copy(Path.of("../sermas-bus"), home.resolve("sermas-bus"));
        Files.setPosixFilePermissions(
                home.resolve("sermas-bus"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("sermas-bus.jar"), "");
    }

    @Test
    void javaHomeComesFirst() throws Exception {
        Path first = java("first", "25.0.1");
        Path second = java("second", "26");

        Result result =
                launch(
                        Map.of(
                                "JAVA_HOME",
                                first.toString(),
                                "PATH",
                                second.resolve("bin") + ":" + System.getenv("PATH")));

        assertThat(result.out).startsWith("first ").contains("-jar " + home + "/sermas-bus.jar");
        assertThat(result.exitCode).isEqualTo(42);
        assertThat(result.err).isEmpty();
    }

    @Test
    void anOldJavaHomeIsPassedOver() throws Exception {
        Path old = java("old", "17.0.9");
        Path onPath = java("on-path", "25");

        Result result =
                launch(
                        Map.of(
                                "JAVA_HOME",
                                old.toString(),
                                "PATH",
                                onPath.resolve("bin") + ":" + System.getenv("PATH")));

        assertThat(result.out).startsWith("on-path ");
    }

    @Test
    void theUsualPlacesComeLast() throws Exception {
        Path old = java("old", "17.0.9");
        Path elsewhere = java("elsewhere", "25");

        Result result =
                launch(
                        Map.of(
                                "JAVA_HOME", "/no/such",
                                "PATH", old.resolve("bin") + ":" + System.getenv("PATH"),
                                "SERMAS_BUS_JAVA_PLACES", "/no/such/either:" + elsewhere));

        assertThat(result.out).startsWith("elsewhere ");
    }

    @Test
    void withoutJavaItSaysWhatToInstall() throws Exception {
        Path old = java("old", "17.0.9");

        Result result =
                launch(
                        Map.of(
                                "JAVA_HOME",
                                old.toString(),
                                "PATH",
                                old.resolve("bin") + ":" + System.getenv("PATH"),
                                "SERMAS_BUS_JAVA_PLACES",
                                "/no/such"));

        assertThat(result.exitCode).isEqualTo(1);
        assertThat(result.out).isEmpty();
        assertThat(result.err).contains("Java 25 or newer is needed").contains("Install a JDK 25");
    }

    @Test
    void linksAndAnyDirectoryWillDo() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("second"));
        Files.createSymbolicLink(directory.resolve("second"), home.resolve("sermas-bus"));

        Result result = launch(link, Map.of("JAVA_HOME", java("any", "25").toString()));

        assertThat(result.out).contains("-jar " + home + "/sermas-bus.jar");
    }

    @Test
    void optionsAndArgumentsAreHandedOn() throws Exception {
        Result result =
                launch(
                        Map.of(
                                "JAVA_HOME",
                                java("any", "25").toString(),
                                "SERMAS_BUS_JAVA_OPTS",
                                "-Xmx1g -Dx=y"));

        assertThat(result.out)
                .contains(" -Xmx1g -Dx=y -jar ")
                .endsWith("sermas-bus.jar pub -m a b");
    }

    @Test
    void aHeapOfOnesOwnMayBeSmall() throws Exception {
        String javaHome = java("any", "25").toString();

        Result small =
                launch(Map.of("JAVA_HOME", javaHome, "SERMAS_BUS_JAVA_OPTS", "-Xmx24m"), "serve");

        assertThat(small.out).contains("-Xmx24m").doesNotContain("-Xms");
        assertThat(launch(Map.of("JAVA_HOME", javaHome), "serve").out).contains("-Xms48m");
    }

    @Test
    void aCacheThatCannotBeMadeIsSaidInALine() throws Exception {
        Path javaHome = java("any", "25");
        Files.writeString(
                javaHome.resolve("bin/java"),
                "#!/bin/sh\necho first\necho 'no room' >&2\nexit 1\n");

        Result result = launch(Map.of("JAVA_HOME", javaHome.toString()), "prepare");

        assertThat(result.exitCode).isZero();
        assertThat(result.err)
                .isEqualTo(
                        "sermas-bus: no cache %s/sermas-bus.aot was made, so starts take longer"
                                        .formatted(home)
                                + " (expected: a folder that you may write to): no room\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "POSIX", "xx_XX.UTF-8"})
    void javaReadsUtf8WhateverTheLocaleIs(String locale) throws Exception {
        Path javaHome = java("any", "25");
        Files.writeString(javaHome.resolve("bin/java"), "#!/bin/sh\nlocale charmap\n");

        Result result =
                launch(
                        Map.of(
                                "JAVA_HOME",
                                javaHome.toString(),
                                "LC_ALL",
                                locale,
                                "LC_CTYPE",
                                "",
                                "LANG",
                                ""));

        assertThat(result.out).isEqualTo("UTF-8\n");
    }

    private Path java(String name, String version) throws IOException {
        Path javaHome = directory.resolve(name);
        Path java = Files.createDirectories(javaHome.resolve("bin")).resolve("java");
        Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        Files.writeString(java, "#!/bin/sh\nprintf '%s' \"" + name + " $*\"\nexit 42\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        return javaHome;
    }

    private Result launch(Map<String, String> environment, String... arguments) throws Exception {
        return launch(home.resolve("sermas-bus"), environment, arguments);
    }

    private Result launch(Path script, Map<String, String> environment, String... arguments)
            throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments.length == 0 ? List.of("pub", "-m", "a b") : List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(Path.of("/").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Result(exitCode, Files.readString(out), Files.readString(err));
    }
}
