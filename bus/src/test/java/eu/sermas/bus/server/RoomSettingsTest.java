package eu.sermas.bus.server;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.config.CommandLineValue;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the rooms are told where a setting has no value of its own.
class RoomSettingsTest {

    private static final long GIB = 1L << 30;

    private static Configuration configuration(String... settings) throws Exception {
        List<CommandLineValue> values =
                Arrays.stream(settings)
                        .map(setting -> setting.split("=", 2))
                        .map(setting -> new CommandLineValue(setting[0], setting[1], "--set"))
                        .toList();
        return ConfigurationLoader.load(null, Map.of(), values);
    }

    private static Limits limits(String... settings) throws Exception {
        Configuration configuration = configuration(settings);
        return RoomSettings.limits(configuration, MemoryPlan.of(configuration, GIB, GIB, GIB));
    }

    @Test
    void oneSubscribeMayHaveWhatASessionMay() throws Exception {
        assertThat(limits().maxSubscriptionsPerPacket()).isEqualTo(limits().maxSubscriptions());
        assertThat(limits("limits.subscriptions.per-session=500").maxSubscriptionsPerPacket())
                .isEqualTo(500);
        assertThat(limits("limits.subscriptions.per-packet=20").maxSubscriptionsPerPacket())
                .isEqualTo(20);
    }

    /// Common load balancers keep theirs for 60 s.
    @Test
    void connectionsOverHttpOutliveThoseOfProxies() throws Exception {
        assertThat(idle()).isEqualTo(Duration.ofSeconds(75));
        assertThat(idle("http.idle-timeout=5s")).isEqualTo(Duration.ofSeconds(5));
    }

    private static Duration idle(String... settings) throws Exception {
        Configuration configuration = configuration(settings);
        return RoomSettings.transportLimits(
                        configuration, MemoryPlan.of(configuration, GIB, GIB, GIB))
                .idleTimeout();
    }
}
