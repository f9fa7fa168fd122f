package eu.sermas.bus.cli.rest;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.TlsOptions;
import eu.sermas.bus.cli.common.Urls;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which bus is managed, as whom, and how its answers are shown.
final class RestOptions {

    private static final String TOKEN_VARIABLE = "SERMAS_BUS_TOKEN";
    private static final String PASSWORD_VARIABLE = "SERMAS_BUS_ADMIN_PASSWORD";

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "The bus: http:// or https://; default ${DEFAULT-VALUE}.")
    private URI url = URI.create("http://localhost:8080");

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = {
                "File with an access token; else " + TOKEN_VARIABLE + " in the environment",
                "is taken."
            })
    private @Nullable Path tokenFile;

    @Option(
            names = "--admin-user",
            paramLabel = "USER",
            description = {
                "Logs in as this user, in the place of a token. The password is asked for,",
                "or comes from " + PASSWORD_VARIABLE + " in the environment."
            })
    private @Nullable String user;

    @Option(
            names = "--admin-password-file",
            paramLabel = "FILE",
            description = "File with the password of --admin-user.")
    private @Nullable Path passwordFile;

    @Option(names = "--json", description = "Prints the answer as JSON.")
    private boolean json;

    @Mixin private TlsOptions tls = new TlsOptions();

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private @Nullable String password;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    RestOptions() {}

    /// Logs in where there is no token.
    RestClient connect() throws CommandFailed {
        Urls.check(spec.commandLine(), url, List.of("http", "https"));
        RestClient client = new RestClient(url, tls.context());
        client.use(token(client));
        return client;
    }

    Answers answers() {
        return new Answers(spec.commandLine().getOut(), json);
    }

    /// The password of this user, where it is the one who has logged in.
    @Nullable String passwordOf(String name) {
        return name.equals(user) ? password : null;
    }

    private String token(RestClient client) throws CommandFailed {
        if (user != null) {
            password = Passwords.read(passwordFile, PASSWORD_VARIABLE, "Password of " + user);
            JsonNode answer =
                    client.call(
                            "POST",
                            "/api/auth/login",
                            Map.of("username", user, "password", password));
            return answer.path("access_token").asText();
        }
        if (passwordFile != null) {
            throw new ParameterException(
                    spec.commandLine(), "--admin-password-file needs --admin-user");
        }
        if (tokenFile != null) {
            return Passwords.firstLine(tokenFile);
        }
        String token = System.getenv(TOKEN_VARIABLE);
        if (token == null || token.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "no credentials: give --admin-user or --token-file, or set " + TOKEN_VARIABLE);
        }
        return token;
    }
}
