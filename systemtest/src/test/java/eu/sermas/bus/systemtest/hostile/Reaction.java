package eu.sermas.bus.systemtest.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.raw.RawClient;
import java.util.HexFormat;

/// How the bus ends a connection.
sealed interface Reaction {

    /// Without a word.
    record Close() implements Reaction {

        @Override
        public void expectOf(RawClient client) {
            assertThat(client.expectClosed()).as("said before the end").isNull();
        }
    }

    /// By a CONNACK with this reason.
    record ConnAck(int reason) implements Reaction {

        @Override
        public void expectOf(RawClient client) {
            client.expectRefused(reason);
        }
    }

    /// By a DISCONNECT with this reason.
    record Disconnect(int reason) implements Reaction {

        @Override
        public void expectOf(RawClient client) {
            client.expectDisconnect(reason);
        }
    }

    /// Fails where the client sees anything else, or nothing in time.
    void expectOf(RawClient client);

    /// @param text as in `malformed.txt`
    static Reaction parse(String text) {
        var words = text.split(" ", 2);
        return switch (words[0]) {
            case "close" -> new Close();
            case "connack" -> new ConnAck(HexFormat.fromHexDigits(words[1]));
            case "disconnect" -> new Disconnect(HexFormat.fromHexDigits(words[1]));
            default -> throw new IllegalArgumentException("reaction: " + text);
        };
    }
}
