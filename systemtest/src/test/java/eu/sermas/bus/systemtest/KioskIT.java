package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The audio path of the kiosk, with the library that it uses.
@ExtendWith(SharedBus.class)
class KioskIT {

    @Test
    void voiceFramesArriveOnceAndInOrder(BusProcess bus, Rest admin) {
        var tenant = Tenant.create(bus, admin, "kiosk").client("avatar", "dialogue");
        var command =
                List.of(
                        "node",
                        "systemtest/src/test/js/kiosk.mjs",
                        bus.uri("ws", "/mqtt").toString(),
                        tenant.token("avatar"),
                        tenant.topic("dialogue/user-speech/stream/session/chunk"));

        assertThat(Launcher.exec(Map.of(), command).expect(0).output()).contains("ok");
    }
}
