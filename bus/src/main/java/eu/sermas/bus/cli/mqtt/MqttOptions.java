package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.cli.common.ClientOptions;
import eu.sermas.bus.cli.common.CommandFailed;
import eu.sermas.bus.cli.common.Failures;
import eu.sermas.bus.cli.common.TlsOptions;
import eu.sermas.bus.cli.common.Urls;
import eu.sermas.bus.client.Endpoint;
import eu.sermas.bus.client.Login;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.packet.PacketType;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import java.io.IOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Where `pub` and `sub` connect to, as whom, and how. The letters mean what they mean for
/// `mosquitto_pub` and `mosquitto_sub`.
final class MqttOptions {

    private static final String TOKEN_VARIABLE = "SERMAS_BUS_TOKEN";
    private static final List<String> SCHEMES = List.of("mqtt", "mqtts", "ws", "wss");
    private static final Set<String> SECURE = Set.of("mqtts", "wss");
    private static final String WEB_SOCKET_PATH = "/mqtt";
    private static final int DEFAULT_PORT = 8080;
    private static final int LONGEST_KEEP_ALIVE = 65_535;
    private static final long NEVER = 0xFFFF_FFFFL;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "mqtt://localhost:8080",
            description = {
                "The bus: mqtt:// or, as a WebSocket, ws://; with TLS mqtts:// or wss://;",
                "default ${DEFAULT-VALUE}."
            })
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

    @Option(
            names = {"-i", "--id"},
            paramLabel = "ID",
            description = "MQTT client identifier; the bus chooses one where none is given.")
    private String clientId = "";

    @Option(
            names = {"-k", "--keepalive"},
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "Time without a packet after which the bus takes us for gone; 0 for ever.")
    private String keepAlive = "60";

    @Option(
            names = {"-c", "--disable-clean-session"},
            description = "Keeps the session, with its subscriptions and messages; needs -i.")
    private boolean keepsSession;

    @Option(
            names = {"-x", "--session-expiry-interval"},
            paramLabel = "SECONDS",
            description = "How long the session is kept; -1 for ever, the default with -c.")
    private @Nullable String sessionExpiry;

    @Option(
            names = {"-d", "--debug"},
            description = "Tells on standard error of each packet.")
    private boolean debug;

    @Mixin private PropertyOptions properties = new PropertyOptions();

    @Mixin private WillOptions will = new WillOptions();

    @Mixin private ClientOptions client = new ClientOptions();

    @Mixin private TlsOptions tls = new TlsOptions();

    /// Refuses what cannot be meant, before anything is asked for over the network.
    ///
    /// @param sent the packets that this command sends for its purpose
    void check(CommandLine command, Set<PacketType> sent) {
        Urls.check(command, url, SCHEMES);
        properties.check(command, sent);
        login(command, null);
        qos(command);
    }

    MqttClient connect(CommandLine command) throws CommandFailed, RefusedException {
        try {
            return connect(command, null);
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /// @param before the connection whose session this one goes on with
    /// @throws IOException where there is no connection
    MqttClient connect(CommandLine command, @Nullable MqttClient before)
            throws IOException, CommandFailed, RefusedException {
        String credential = token(command);
        Login login = login(command, credential);
        Consumer<String> trace =
                debug ? line -> command.getErr().println("sermas-bus: " + line) : _ -> {};
        return MqttClient.connect(
                endpoint(),
                before == null ? login : login.again(before.clientId(), credential),
                trace,
                before);
    }

    /// Whether a token is fetched for each connection.
    boolean hasSecret() {
        return token == null && client.given();
    }

    Properties properties(PacketType packet) {
        return properties.of(packet);
    }

    QoS qos(CommandLine command) {
        return Numbers.qos(command, "--qos", qos);
    }

    CommandFailed lost(IOException problem) {
        return new CommandFailed(url + ": " + Failures.line(problem));
    }

    Login login(CommandLine command, @Nullable String credential) {
        if (keepsSession && clientId.isEmpty()) {
            throw new ParameterException(command, "-c needs -i: whose session is to be kept");
        }
        Properties connect = properties.of(PacketType.CONNECT);
        if (keepsSession || sessionExpiry != null) {
            if (connect.has(Property.SESSION_EXPIRY_INTERVAL)) {
                throw new ParameterException(
                        command, "-D connect session-expiry-interval: given twice (-c, -x)");
            }
            connect =
                    Properties.builder()
                            .addAll(connect)
                            .add(Property.SESSION_EXPIRY_INTERVAL, expiry(command))
                            .build();
        }
        long seconds = Numbers.inRange(command, "--keepalive", keepAlive, 0, LONGEST_KEEP_ALIVE);
        return new Login(
                clientId,
                !keepsSession,
                (int) seconds,
                will.will(command, properties.of(PacketType.WILL)),
                credential,
                connect,
                properties.of(PacketType.DISCONNECT));
    }

    private long expiry(CommandLine command) {
        return sessionExpiry == null || sessionExpiry.equals("-1") || sessionExpiry.equals("∞")
                ? NEVER
                : Numbers.inRange(command, "-x", sessionExpiry, 0, NEVER);
    }

    private Endpoint endpoint() throws CommandFailed {
        String path = null;
        if (url.getScheme().startsWith("ws")) {
            String given = url.getRawPath();
            path = given == null || given.length() < 2 ? WEB_SOCKET_PATH : given;
            path += url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        }
        return new Endpoint(
                url.getHost(), port(), path, isSecure() ? tlsContext() : null, PATIENCE);
    }

    private boolean isSecure() {
        return SECURE.contains(url.getScheme());
    }

    private int port() {
        return url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
    }

    /// @return null for no credentials, which only an open broker accepts
    private @Nullable String token(CommandLine command) throws CommandFailed, IOException {
        if (token != null) {
            return token;
        }
        if (client.given()) {
            String http = isSecure() ? "https" : "http";
            URI base = URI.create(http + "://" + url.getHost() + ":" + port());
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
