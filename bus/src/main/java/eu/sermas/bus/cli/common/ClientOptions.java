package eu.sermas.bus.cli.common;

import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Which client a command speaks for.
public final class ClientOptions {

    private static final String SECRET_VARIABLE = "SERMAS_BUS_SECRET";

    @Option(names = "--app", paramLabel = "APP", description = "Id of the app.")
    private @Nullable String app;

    @Option(names = "--client", paramLabel = "CLIENT", description = "Id of the client.")
    private @Nullable String client;

    @Option(
            names = "--secret",
            paramLabel = "SECRET",
            description =
                    "The client's secret. Better in the environment, as " + SECRET_VARIABLE + ".")
    private @Nullable String secret;

    public boolean given() {
        return app != null || client != null;
    }

    public Optional<String> app() {
        return Optional.ofNullable(app);
    }

    public TokenRequest request(CommandLine command, URI base) {
        Urls.check(command, base, List.of("http", "https"));
        return new TokenRequest(
                base,
                required(command, "--app", app),
                required(command, "--client", client),
                secret(command));
    }

    /// A token for the client; where there is none, for whatever reason, the command fails.
    public String token(CommandLine command, URI base, @Nullable SSLContext tls)
            throws CommandFailed {
        try {
            return request(command, base).send(tls);
        } catch (IOException e) {
            throw new CommandFailed(base + ": " + Failures.line(e));
        }
    }

    private static String required(CommandLine command, String option, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new ParameterException(command, option + " is missing");
        }
        return value;
    }

    @SuppressWarnings("SystemConsoleNull") // a runtime without the module jdk.internal.le has none
    private String secret(CommandLine command) {
        String given = secret == null ? System.getenv(SECRET_VARIABLE) : secret;
        if (given != null && !given.isEmpty()) {
            return given;
        }
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] typed = console.readPassword("Secret of %s in %s: ", client, app);
            if (typed != null && typed.length > 0) {
                return new String(typed);
            }
        }
        throw new ParameterException(command, "no secret: give --secret or set " + SECRET_VARIABLE);
    }
}
