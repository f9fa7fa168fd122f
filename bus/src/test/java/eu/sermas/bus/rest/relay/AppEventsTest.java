package eu.sermas.bus.rest.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.rest.http.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppEventsTest {

    /// What MQTT clients may take for a malformed packet gets into no topic by way of HTTP either.
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x1F, 0x7F, 0x9F, 0xFDD0, 0xFFFF, 0x1FFFE})
    void aLevelWithACharacterThatMqttAdvisesAgainstIsRefused(int unfit) {
        String name = "a" + Character.toString(unfit);
        assertThatThrownBy(() -> AppEvents.level("moduleId", name))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.getMessage())
                                        .isEqualTo(
                                                "moduleId: contains U+%04X (expected: no control"
                                                                .formatted(unfit)
                                                        + " character)"));
    }

    @Test
    void otherCharactersAreKept() {
        assertThat(AppEvents.level("moduleId", "größe 😀")).isEqualTo("größe 😀");
    }
}
