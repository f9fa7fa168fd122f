package eu.sermas.bus.cli;

import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.packet.QoS;
import java.io.IOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Where `pub` and `sub` connect to, as whom, and how.
final class MqttOptions {

    private static final String TOKEN_VARIABLE = "SERMAS_BUS_TOKEN";
    private static final String SECURE = "mqtts";
    private static final int DEFAULT_PORT = 8080;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "mqtt://localhost:8080",
            description = "The bus: mqtt:// or, with TLS, mqtts://; default ${DEFAULT-VALUE}.")
    private URI url = URI.create("mqtt://localhost:8080");

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "0|1|2",
            defaultValue = "1",
            description = "Quality of service; default ${DEFAULT-VALUE}, which can be refused.")
    private String qos = "1";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "Access token; or " + TOKEN_VARIABLE + " in the environment; or name a client.")
    private @Nullable String token;

    @Mixin private ClientOptions client = new ClientOptions();

    @Mixin private TlsOptions tls = new TlsOptions();

    MqttClient connect(CommandLine command) throws CommandFailed, RefusedException {
        boolean secure = isSecure(command);
        int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
        String credential = token(command, secure, port);
        try {
            SSLContext context = secure ? tlsContext() : null;
            return MqttClient.connect(url.getHost(), port, context, credential, PATIENCE);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    QoS qos(CommandLine command) {
        return switch (qos) {
            case "0" -> QoS.AT_MOST_ONCE;
            case "1" -> QoS.AT_LEAST_ONCE;
            case "2" -> QoS.EXACTLY_ONCE;
            default -> throw new ParameterException(command, "--qos: " + qos + " (expected: 0..2)");
        };
    }

    CommandFailed lost(IOException problem) {
        String reason = problem.getMessage();
        return new CommandFailed(
                url + ": " + (reason == null ? problem.getClass().getSimpleName() : reason));
    }

    private boolean isSecure(CommandLine command) {
        Urls.check(command, url, List.of("mqtt", SECURE));
        return SECURE.equals(url.getScheme());
    }

    /// @return null for no credentials, which only an open broker accepts
    private @Nullable String token(CommandLine command, boolean secure, int port)
            throws CommandFailed {
        if (token != null) {
            return token;
        }
        if (client.given()) {
            String http = secure ? "https" : "http";
            URI base = URI.create(http + "://" + url.getHost() + ":" + port);
            return client.request(command, base).send(tls.context());
        }
        return System.getenv(TOKEN_VARIABLE);
    }

    private SSLContext tlsContext() throws CommandFailed {
        SSLContext chosen = tls.context();
        try {
            return chosen == null ? SSLContext.getDefault() : chosen;
        } catch (NoSuchAlgorithmException e) {
            throw new CommandFailed("TLS: " + e.getMessage());
        }
    }
}
