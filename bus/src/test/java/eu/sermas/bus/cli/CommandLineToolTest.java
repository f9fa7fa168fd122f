package eu.sermas.bus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandLineToolTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | no command given",
                "srve | Did you mean",
                "serve --prot 1 | --port",
                "serve --port x | port: x (expected: 0..65535) from --port",
                "serve --set novalue | KEY=VALUE",
                "serve --set nokey=1 | nokey: unknown key",
                "serve --config /no/such.yaml | --config: /no/such.yaml",
                "serve --open --bind 0.0.0.0 | --open-anywhere",
                "check-config --set log.level=loud | log.level: loud",
                "token | --app is missing",
                "token --app a | --client is missing",
                "token --app a --client c --secret s --url ftp://x | --url: ftp://x",
                "token --app a --client c --secret s --url http://x:99999 | --url: http://x:99999",
                "sub -t a --url mqtt://localhost:99999 | --url: mqtt://localhost:99999",
                "pub -t a -n --url mqtt://localhost:99999 | with a port of 1..65535",
                "pub -t a -n --url mqtt://:1883 | --url: mqtt://:1883",
                "sub -t a -W 0 | -W: 0 (expected: 1..",
                "sub -t a -C 0 | -C: 0 (expected: 1..",
                "sub -t a -W 9223372036854775807 | -W: 9223372036854775807 (expected: 1..",
                "sub --token x | Missing required option: '--topic=FILTER'",
                "sub -t a/#/b | -t: topic filter: 'a/#/b'",
                "sub -t a -T #x | -T: topic filter: '#x'",
                "sub -t a -F %z | -F: %z (expected: ",
                "sub -t a -c | -c needs -i",
                "sub -t a -x -2 | -x: -2 (expected: 0..4294967295)",
                "sub -t a -k 65536 | --keepalive: 65536 (expected: 0..65535)",
                "sub -t a -q 3 | --qos: 3 (expected: 0..2)",
                "sub -t a --will-payload x | a will needs --will-topic",
                "sub -t a --will-topic b --will-qos x | --will-qos: x (expected: 0..2)",
                "sub -t a -D | -D: nothing (expected: a command",
                "sub -t a -D publish user-property a b | -D publish: not sent by sub",
                "sub -t a -D connect receive-maximum 0 | -D receive-maximum: 0 (expected: 1..65535)",
                "sub -t a -D connect receive-maximun 1 | did you mean receive-maximum?",
                "sub -t a -D connect authentication-method x | authentication-method (expected: ",
                "sub -t a -D connect user-property a | a value of the user property a",
                "pub -t a -n -D publish topic-alias 1 -D publish topic-alias 2 | given twice",
                "pub -t a -n -x 5 -D connect session-expiry-interval 1 | given twice (-c, -x)",
                "pub -t a -n --url wss://localhost:99999/x | --url: wss://localhost:99999/x",
                "help nothing | nothing",
            })
    void wrongUsageIsExitCode2WithAReason(String arguments, String reason) {
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString()).contains(reason).doesNotContain("Exception");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aFailureIsExitCode1WithAReason() {
        assertThat(run("token --app a --client c --secret s --url http://127.0.0.1:1"))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("sermas-bus: http://127.0.0.1:1: ")
                .doesNotContain("Exception");
    }

    @Test
    void everyCommandHasHelpWithExitCodesAndAnExample() {
        assertThat(run("--help")).isZero();
        String all = out.toString();
        for (CommandLine command : commands(CommandLineTool.withAll())) {
            String name = command.getCommandSpec().qualifiedName();
            assertThat(all).contains(name.replaceFirst("^sermas-bus (\\S+).*", "$1"));
            out.getBuffer().setLength(0);
            assertThat(run(name.replaceFirst("sermas-bus ?", "") + " --help")).isZero();
            assertThat(out.toString())
                    .contains("Usage: " + name, "Exit codes:")
                    .containsPattern("Examples:\n( .*\n)*  (.*\\()?" + name);
        }
    }

    /// With the commands of commands, without those that only scripts call.
    private static List<CommandLine> commands(CommandLine of) {
        return Stream.concat(
                        Stream.of(of),
                        of.getSubcommands().values().stream()
                                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                                .filter(sub -> !sub.getCommandName().equals("help"))
                                .flatMap(sub -> commands(sub).stream()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"help", "-h", "--help"})
    void helpIsThereByItsUsualNames(String name) {
        assertThat(run(name)).isZero();
        assertThat(out.toString()).contains("Usage: sermas-bus ", "serve", "inspect");
    }

    @Test
    void helpKnowsTheCommands() {
        assertThat(run("help sub")).isZero();
        assertThat(out.toString()).contains("Usage: sermas-bus sub");
    }

    @Test
    void theVersionComesFromTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).containsPattern("^sermas-bus \\d+\\.\\d+\\.\\d+");
    }

    @Test
    void checkConfigShowsWhatIsInForce(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("bus.yaml"), "mqtt-port: 1883\n");

        assertThat(run("check-config --config " + file + " --set auth.platform-secret=abc"))
                .isZero();
        assertThat(out.toString())
                .contains("mqtt-port: 1883  # file", "auth.platform-secret: ***  # --set")
                .doesNotContain("abc");
    }

    /// Without `port: 0` and a folder of their own they might be refused for another reason.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bind: 300.1.1.1 | bind: 300.1.1.1 (expected: an address or a host name of this",
                "bind: 192.0.2.1 | bind: 192.0.2.1 (expected: an address or a host name of this",
                "data-dir: /proc/nope | data-dir: /proc/nope (expected: a folder that can be",
                "data-dir: $DIR/bus.yaml/x | bus.yaml/x (expected: a folder that can be written to",
                "audit.file: /proc/nope/audit.log | audit.file: /proc/nope (expected: a folder",
                "catalogue.files: /no/such.yaml | catalogue.files: /no/such.yaml: unreadable",
                "'tls: {cert: $DIR/first.pem, key: $DIR/second.key}' | tls.cert: ",
                "'apps: [{appId: a/b}]' | apps[0].appId: a/b (expected:",
                "'apps: [{appId: repository}]' | appId: 'repository' (expected: ",
            })
    void checkConfigRefusesWhatServeWouldRefuse(String yaml, String reason, @TempDir Path directory)
            throws Exception {
        certificate(directory, "first");
        certificate(directory, "second");
        Path file = directory.resolve("bus.yaml");
        Files.writeString(
                file,
                "port: 0\n%s\n".formatted(yaml.replace("$DIR", directory.toString()))
                        + (yaml.startsWith("data-dir") ? "" : "data-dir: " + directory + "\n"));
        for (String command : List.of("check-config", "serve")) {
            err.getBuffer().setLength(0);
            assertThat(run(command + " --config " + file)).isEqualTo(2);
            assertThat(err.toString()).contains(reason).doesNotContain("Exception");
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(5);
        }
    }

    private static void certificate(Path directory, String name) throws Exception {
        X509Bundle bundle =
                new CertificateBuilder()
                        .subject("CN=" + name)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        Files.writeString(directory.resolve(name + ".pem"), bundle.getCertificatePEM());
        Files.writeString(directory.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    @Test
    void aNamedCommandIsReadAlone() {
        assertThat(CommandLineTool.commandLine("serve", "--help").getSubcommands())
                .containsOnlyKeys("serve");
        assertThat(CommandLineTool.commandLine("--help").getSubcommands())
                .containsKeys("serve", "dev", "bench", "inspect");
    }

    private int run(String arguments) {
        CommandLine commandLine = CommandLineTool.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    }
}
