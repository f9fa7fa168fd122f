package eu.sermas.bus.systemtest.conformance;

import static java.util.Objects.requireNonNull;

import eu.sermas.bus.systemtest.BusProcess;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The buses of the conformance classes. Each starts when a test first asks for it and stops with
/// the test run; what they have printed is looked through after each class.
public final class ConformanceBus implements BeforeAllCallback, AfterAllCallback {

    /// What a bus is configured for.
    public enum Kind {
        /// Asks for no credentials and allows every topic; all else is the default.
        OPEN("--open"),

        /// Lets nobody in without a token, see [Tokens].
        GUARDED("--config", resource("guarded.yaml")),

        /// Open, and takes so many unacknowledged messages of QoS 1 and 2, which it says, and as
        /// many filters in one packet.
        FEW_AT_A_TIME(
                "--open",
                "--set",
                "limits.receive-maximum=100",
                "--set",
                "limits.subscriptions.per-packet=100"),

        /// Open, with everything switched off that may be, and small limits.
        RESTRICTED(
                "--open",
                "--set",
                "mqtt.maximum-qos=1",
                "--set",
                "mqtt.retain=false",
                "--set",
                "limits.topic-aliases=0",
                "--set",
                "limits.packet-size=1KiB",
                "--set",
                "limits.keep-alive=20s",
                "--set",
                "mqtt.response-information=answers");

        private final List<String> options;

        Kind(String... options) {
            this.options = List.of(options);
        }

        private static String resource(String name) {
            try {
                var url = requireNonNull(ConformanceBus.class.getResource(name));
                return Path.of(url.toURI()).toString();
            } catch (URISyntaxException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private @Nullable ExtensionContext context;

    @Override
    public void beforeAll(ExtensionContext current) {
        context = current;
    }

    public int port(Kind kind) {
        return store().computeIfAbsent(kind, ConformanceBus::start, BusProcess.class).port();
    }

    @Override
    public void afterAll(ExtensionContext current) {
        for (var kind : Kind.values()) {
            var bus = store().get(kind, BusProcess.class);
            if (bus != null) {
                bus.expectCleanOutput();
            }
        }
    }

    private ExtensionContext.Store store() {
        return requireNonNull(context)
                .getRoot()
                .getStore(ExtensionContext.Namespace.create(ConformanceBus.class));
    }

    private static BusProcess start(Kind kind) {
        return BusProcess.serveWithoutAdmin()
                .set("limits.connections-per-second", 1_000_000)
                .flags(kind.options.toArray(String[]::new))
                .start();
    }
}
