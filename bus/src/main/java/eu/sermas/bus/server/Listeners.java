package eu.sermas.bus.server;

import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.TlsSettings;
import eu.sermas.bus.config.setting.TlsSettings.ClientAuth;
import eu.sermas.bus.tls.Certificates;
import eu.sermas.bus.tls.ClientCertificates;
import eu.sermas.bus.transport.Server;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the ports that the configuration asks for, at each address that its host name has: clients
/// that are told `localhost` may try IPv4 or IPv6 first.
///
/// @param main the one port, with the number that was bound where 0 was asked for
/// @param mqtt the listener for MQTT alone, if there is one
/// @param trust the file that makes clients trust a self-signed certificate, if there is one
public record Listeners(
        InetSocketAddress main, Optional<InetSocketAddress> mqtt, Optional<Path> trust) {

    /// What a self-signed certificate is good for.
    private static final List<String> LOCAL_NAMES = List.of("localhost", "127.0.0.1", "::1");

    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    /// A way to open one port.
    private interface Opener {
        InetSocketAddress open(InetSocketAddress address) throws IOException;
    }

    static Listeners open(Server server, Configuration configuration, @Nullable Path trust)
            throws IOException {
        String host = configuration.bindAddress();
        Optional<InetSocketAddress> mqtt = Optional.empty();
        Optional<Integer> mqttPort = configuration.find(ListenerSettings.MQTT_PORT);
        if (mqttPort.isPresent()) {
            mqtt = Optional.of(openAll(host, mqttPort.get(), server::listenMqtt));
        }
        return new Listeners(
                openAll(host, configuration.get(ListenerSettings.PORT), server::listen),
                mqtt,
                Optional.ofNullable(trust));
    }

    /// The first address has to work; a machine may know the name of another without having it.
    private static InetSocketAddress openAll(String host, int port, Opener opener)
            throws IOException {
        List<InetAddress> addresses = resolve(host);
        InetSocketAddress first = opener.open(new InetSocketAddress(addresses.getFirst(), port));
        for (InetAddress other : addresses.subList(1, addresses.size())) {
            try {
                opener.open(new InetSocketAddress(other, first.getPort()));
            } catch (IOException e) {
                LOG.warn("{} is left out: {}", host, e.getMessage());
            }
        }
        return first;
    }

    /// Never empty.
    static List<InetAddress> resolve(String host) throws IOException {
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .sorted(Comparator.comparing(Inet6Address.class::isInstance))
                    .toList();
        } catch (UnknownHostException e) {
            throw new IOException("bind: " + host + " (expected: an address of this machine)", e);
        }
    }

    /// @param trust where the authority of a self-signed certificate is, or null for none
    /// @return null for no TLS
    static @Nullable Certificates certificates(Configuration configuration, @Nullable Path trust)
            throws IOException {
        ClientCertificates clients = clientCertificates(configuration);
        if (trust != null) {
            LOG.info("TLS with a certificate of its own, for clients that trust {}", trust);
            return Certificates.selfSigned(trust, LOCAL_NAMES, clients);
        }
        return configuration.isSet(TlsSettings.CERT)
                ? Certificates.files(
                        configuration.get(TlsSettings.CERT),
                        configuration.find(TlsSettings.KEY).orElse(null),
                        configuration.find(TlsSettings.KEY_PASSWORD_FILE).orElse(null),
                        clients)
                : null;
    }

    private static @Nullable ClientCertificates clientCertificates(Configuration configuration) {
        ClientAuth auth = configuration.get(TlsSettings.CLIENT_AUTH);
        return auth == ClientAuth.NONE
                ? null
                : new ClientCertificates(
                        configuration.get(TlsSettings.CLIENT_CA), auth == ClientAuth.REQUIRED);
    }
}
