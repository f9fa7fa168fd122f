package eu.sermas.bus.rest.events;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import org.junit.jupiter.api.Test;

class MessageEventTest {

    /// A stream would hold a hundred times its limit of messages that say everything there.
    @Test
    void whatAMessageSaysInItsPropertiesCountsToo() {
        Message message =
                new Message(
                        Topic.of("app/a/ui/content"),
                        new byte[0],
                        QoS.AT_MOST_ONCE,
                        false,
                        Properties.builder().user("n", "v".repeat(60_000)).build(),
                        Long.MAX_VALUE);
        assertThat(new MessageEvent(message, false).bytes()).isGreaterThan(60_000);
    }
}
