package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What each form of a grant opens within the own app, and what it does not.
@ExtendWith(SharedBus.class)
class GrantsIT {

    private final BusProcess bus;
    private final Tenant tenant;

    GrantsIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "grants");
    }

    @ParameterizedTest
    @CsvSource({
        "dialogue.messages, dialogue/messages/s1, true",
        "dialogue.messages, dialogue/messages/+, true",
        "dialogue.messages, dialogue/messages/#, true",
        "dialogue.messages, dialogue/messages/a/b/c, true",
        "dialogue.messages, dialogue/speech/s1, false",
        "dialogue.messages, dialogue/#, false",
        "dialogue.messages, dialogue/+/s1, false",
        "dialogue.messages, dialogue, false",
        "dialogue.messages, dialogue/messagesX, false",
        "dialogue.user-speech, dialogue/user-speech/stream/s/c, true",
        "dialogue, dialogue/#, true",
        "dialogue, dialogue/+/s1, true",
        "dialogue, dialogue, true",
        "dialogue, ui/content, false",
        "dialogue, #, false",
        "dialogue.*, dialogue/#, true",
        "*, ui/#, true",
        "*, performance, true",
        "performance, performance, true",
        "performance, performance/#, true",
        "performance, performance/x, true",
        "ui.content, performance, false"
    })
    void aGrantOpensItsTopicsOnly(String grant, String filter, boolean open) throws Exception {
        tenant.client("c", grant);

        try (var client = Mqtt.connect(bus, tenant.token("c"))) {
            var topic = tenant.topic(filter);
            assertThat(client.subscribe(1, topic)).containsExactly(open ? 1 : 0x87);
            assertThat(client.subscribe(1, "$share/group/" + topic))
                    .containsExactly(open ? 1 : 0x87);
        }
    }

    @Test
    void unsubscribeIsAlwaysAllowed() throws Exception {
        tenant.client("c", "ui.content");

        try (var client = Mqtt.connect(bus, tenant.token("c"))) {
            client.unsubscribe("app/another/ui/content");
            assertThat(client.isConnected()).isTrue();
        }
    }
}
