package eu.sermas.bus.systemtest.proxies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.BusProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A proxy of Debian that runs for a test, with what `docs/proxies.md` says as its configuration.
/// Everything that it writes goes into a directory of the test.
final class RealProxy implements AutoCloseable {

    private static final Path DOCUMENT =
            Path.of(System.getProperty("project.root", ".."), "docs/proxies.md");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    /// The ports for HTTP, and for bytes as they are, which not each of them has.
    private final int http = BusProcess.freePort();

    private final int bytes = BusProcess.freePort();
    private final int bus;

    private RealProxy(String name, BusProcess bus, Path directory) {
        this.bus = bus.port();
        output = directory.resolve(name + ".log");
        try {
            Files.createDirectories(directory);
            process = start(command(name, directory), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(PATIENCE)
                .until(() -> isReady(http) && (name.equals("caddy") || isReady(bytes)));
    }

    static RealProxy start(String name, BusProcess bus, Path directory) {
        return new RealProxy(name, bus, directory);
    }

    /// What stands in the document as this language.
    static String documented(String language) {
        try {
            var text = Files.readString(DOCUMENT);
            int start = text.indexOf("```" + language + "\n");
            assertThat(start).as("```%s in %s", language, DOCUMENT).isNotNegative();
            int from = text.indexOf('\n', start) + 1;
            return text.substring(from, text.indexOf("```\n", from));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The same, with the ports of this test.
    private String configuration(String language) {
        return documented(language)
                .replace("127.0.0.1:8080", "127.0.0.1:" + bus)
                .replace("listen 80;", "listen 127.0.0.1:" + http + ";")
                .replace("listen 8883;", "listen 127.0.0.1:" + bytes + ";")
                .replace("bind :80\n", "bind 127.0.0.1:" + http + "\n")
                .replace("bind :8883\n", "bind 127.0.0.1:" + bytes + "\n")
                .replace(":80 {", ":" + http + " {");
    }

    private List<String> command(String name, Path directory) throws IOException {
        var file = directory.resolve(name + ".conf");
        return switch (name) {
            case "nginx" -> {
                Files.writeString(file, configuration("nginx"));
                Files.writeString(directory.resolve("stream.conf"), configuration("nginx-stream"));
                Files.writeString(directory.resolve("main.conf"), nginx());
                yield List.of("/usr/sbin/nginx", "-p", directory + "/", "-c", "main.conf");
            }
            case "haproxy" -> {
                Files.writeString(file, configuration("haproxy"));
                yield List.of("/usr/sbin/haproxy", "-db", "-f", file.toString());
            }
            case "caddy" -> {
                Files.writeString(file, configuration("caddy"));
                yield List.of(
                        "/usr/bin/caddy",
                        "run",
                        "--adapter",
                        "caddyfile",
                        "--config",
                        file.toString());
            }
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// What Debian has around it, but below this directory and for whoever runs the test.
    private static String nginx() {
        var user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
        return user
                + """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                error_log stderr;
                load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                events {}
                http {
                    access_log off;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    include nginx.conf;
                }
                include stream.conf;
                """;
    }

    private Process start(List<String> command, Path directory) throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("XDG_DATA_HOME", directory.toString());
        builder.environment().put("XDG_CONFIG_HOME", directory.toString());
        builder.environment().put("CADDY_ADMIN", "unix/" + directory.resolve("admin.socket"));
        return builder.start();
    }

    private boolean isReady(int port) throws IOException {
        assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    int http() {
        return http;
    }

    /// Where it passes bytes on as they are.
    int bytes() {
        return bytes;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }
}
