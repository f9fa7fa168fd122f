package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.ClientOptions;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.TlsOptions;
import eu.sermas.bus.cli.common.Version;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "token",
        description = "Prints an access token for a client, and nothing else.",
        footer = {
            "  export SERMAS_BUS_SECRET=...",
            "  TOKEN=$(sermas-bus token --app museum --client robot)"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TokenCommand implements Callable<Integer> {

    @Mixin private ClientOptions client = new ClientOptions();

    @Mixin private TlsOptions tls = new TlsOptions();

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "The bus to ask; default ${DEFAULT-VALUE}.")
    private URI url;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    TokenCommand() {}

    @Override
    public Integer call() throws CommandFailed {
        CommandLine command = spec.commandLine();
        command.getOut().println(client.token(command, url, tls.context()));
        return 0;
    }
}
