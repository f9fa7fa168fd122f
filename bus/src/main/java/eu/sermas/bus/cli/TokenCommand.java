package eu.sermas.bus.cli;

import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "token",
        description = "Prints an access token for a client, and nothing else.",
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
        String token = client.request(spec.commandLine(), url).send(tls.context());
        spec.commandLine().getOut().println(token);
        return 0;
    }
}
