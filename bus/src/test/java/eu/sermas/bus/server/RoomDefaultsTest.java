package eu.sermas.bus.server;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.CatalogueLimits;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.ConfigurationLoader;
import eu.sermas.bus.identity.IdentitySettings;
import eu.sermas.bus.identity.RegistryLimits;
import eu.sermas.bus.rest.RestLimits;
import eu.sermas.bus.transport.TransportLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A room that is used without a configuration behaves as with one that says nothing, but for what
/// follows from the size of the machine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoomDefaultsTest {

    private static final long GIB = 1L << 30;

    private Configuration nothing;
    private MemoryPlan memory;

    @BeforeAll
    void load() throws Exception {
        nothing = ConfigurationLoader.load(null, Map.of(), List.of());
        memory = MemoryPlan.of(nothing, GIB, GIB, GIB);
    }

    @Test
    void ofTheBroker() {
        assertThat(RoomSettings.limits(nothing, memory))
                .usingRecursiveComparison()
                .ignoringFields("memory")
                .isEqualTo(Limits.DEFAULT);
        assertThat(RoomSettings.features(nothing)).isEqualTo(Features.DEFAULT);
        assertThat(RoomSettings.durability(nothing, LiveCatalogue.standard()))
                .usingRecursiveComparison()
                .ignoringFields("catalogue")
                .isEqualTo(DurabilityPolicy.DEFAULT);
    }

    @Test
    void ofTheTransport() {
        assertThat(RoomSettings.transportLimits(nothing, memory))
                .usingRecursiveComparison()
                .ignoringFields("input.total", "output.total")
                .isEqualTo(TransportLimits.DEFAULT);
    }

    @Test
    void ofRest() {
        assertThat(RoomSettings.restLimits(nothing, memory))
                .usingRecursiveComparison()
                .ignoringFields("recordBytes", "streams.maxBytesOfAll")
                .isEqualTo(RestLimits.DEFAULT);
    }

    @Test
    void ofIdentity() {
        assertThat(RoomSettings.identitySettings(nothing, null))
                .isEqualTo(IdentitySettings.DEFAULTS);
        assertThat(RoomSettings.registryLimits(nothing, memory))
                .usingRecursiveComparison()
                .ignoringFields("totalBytes")
                .isEqualTo(RegistryLimits.DEFAULT);
    }

    @Test
    void ofTheCatalogue() {
        assertThat(RoomSettings.catalogueLimits(nothing)).isEqualTo(CatalogueLimits.DEFAULT);
    }
}
