package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.TokenRequest;
import eu.sermas.bus.client.Endpoint;
import eu.sermas.bus.client.Login;
import eu.sermas.bus.client.MqttClient;
import eu.sermas.bus.client.RefusedException;
import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.server.Bus;
import eu.sermas.bus.store.Folders;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// Goes through what a bus and its clients do, and ends: the JVM keeps what it has worked out of
/// classes for every later start. The launcher's `prepare` calls it.
///
/// The bus is started twice on one directory, because a start that finds something goes another way
/// than the first.
@Command(name = "rehearse", hidden = true)
final class RehearseCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> PAGES = List.of("/health/live", "/health/ready", "/metrics");

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("sermas-bus-rehearsal");
        try {
            for (int start = 0; start < 2; start++) {
                Configuration configuration = configuration(directory.resolve("data"));
                Bus bus = Bus.start(configuration, Bus.Storage.DISK, System.err);
                try (bus) {
                    play(bus.listeners().main().getPort());
                }
            }
        } finally {
            Folders.remove(directory);
        }
        return 0;
    }

    private static Configuration configuration(Path data) throws Exception {
        var values =
                List.of(
                        new CommandLineValue("bind", "localhost", "rehearse"),
                        new CommandLineValue("port", "0", "rehearse"),
                        new CommandLineValue("data-dir", data.toString(), "rehearse"));
        return ConfigurationLoader.load(null, Map.of(), values).withApps(List.of(DevCommand.DEMO));
    }

    private static void play(int port) throws Exception {
        URI base = URI.create("http://localhost:" + port);
        String token =
                new TokenRequest(base, DevCommand.APP, DevCommand.CLIENT, DevCommand.SECRET)
                        .send(null);
        for (QoS qos : QoS.values()) {
            publish(port, token, qos);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (String page : PAGES) {
                http.send(
                        HttpRequest.newBuilder(base.resolve(page)).build(),
                        HttpResponse.BodyHandlers.discarding());
            }
        }
    }

    private static void publish(int port, String token, QoS qos)
            throws IOException, RefusedException {
        Topic topic = Topic.of("app/" + DevCommand.APP + "/ui/content");
        Endpoint bus = Endpoint.tcp("localhost", port, PATIENCE);
        try (MqttClient client = MqttClient.connect(bus, Login.of(token))) {
            client.subscribe(List.of(TopicFilter.of(topic.name())), qos, Properties.NONE);
            client.publish(topic, new byte[64], qos, true, Properties.NONE);
            client.receive(PATIENCE);
        }
    }
}
