package eu.sermas.bus.transport;

import eu.sermas.bus.audit.Digest;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.peer.ClientAddress;
import io.netty.channel.Channel;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says which connections are refused and why others end, put together for each client, address and
/// kind, so that nobody fills the disk by that. Never names the user name, which is a token.
///
/// What ends before it has said CONNECT is not told: load balancers look in like that all day.
final class RefusalLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);
    private static final int LONGEST_REASON = 300;

    private final Digest digest =
            Digest.start(line -> LOG.info("{}", line), InstantSource.system());

    void refused(Channel channel, @Nullable String clientId, String reason) {
        tell("refused ", channel, clientId, reason);
    }

    /// A connection that was accepted ends otherwise than by its client's own DISCONNECT.
    void ended(Channel channel, String clientId, String reason) {
        tell("disconnected ", channel, clientId, reason);
    }

    private void tell(String verb, Channel channel, @Nullable String clientId, String reason) {
        if (LOG.isInfoEnabled()) {
            String what =
                    " client '%s': %s"
                            .formatted(
                                    Printable.of(clientId), Printable.of(reason, LONGEST_REASON));
            digest.add(
                    ClientAddress.ownerOf(channel),
                    verb + what,
                    verb + ClientAddress.nameOf(channel) + what,
                    1);
        }
    }

    @Override
    public void close() {
        digest.close();
    }
}
