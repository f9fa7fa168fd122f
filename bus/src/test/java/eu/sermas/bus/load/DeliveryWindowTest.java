package eu.sermas.bus.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryWindowTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageMakesRoomWhenAllHaveIt(boolean shared) {
        DeliveryWindow window = new DeliveryWindow(2, 2, shared);
        send(window, 2);
        assertThat(window.hasRoom()).isFalse();

        assertThat(window.received(1)).isFalse();
        assertThat(window.received(1)).isTrue();
        assertThat(window.hasRoom()).as("the older one is still under way").isFalse();

        assertThat(window.received(0)).isFalse();
        assertThat(window.received(0)).isTrue();
        assertThat(window.hasRoom()).isTrue();
        assertThat(window.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasGivenUpDoesNotCountForItsSuccessor(boolean shared) {
        DeliveryWindow window = new DeliveryWindow(1, 1, shared);
        send(window, 1);
        window.giveUp();
        send(window, 1);

        assertThat(window.received(0)).isFalse();
        assertThat(window.hasRoom()).isFalse();
        assertThat(window.received(1)).isTrue();
        assertThat(window.hasRoom()).isTrue();
    }

    private static void send(DeliveryWindow window, int messages) {
        for (int i = 0; i < messages; i++) {
            assertThat(window.hasRoom()).isTrue();
            window.sent();
        }
    }
}
