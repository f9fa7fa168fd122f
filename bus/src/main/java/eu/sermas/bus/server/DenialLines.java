package eu.sermas.bus.server;

import eu.sermas.bus.audit.Denied;
import eu.sermas.bus.audit.Digest;
import eu.sermas.bus.packet.Printable;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log what the feed of refusals tells: who may not publish or subscribe to what, and
/// who lost messages. Refused logins are said by the door that refused them.
final class DenialLines implements Consumer<Denied>, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DenialLines.class);
    private static final int LONGEST = 200;

    private final Digest digest;

    DenialLines(InstantSource clock) {
        digest = Digest.start(line -> LOG.info("{}", line), clock);
    }

    @Override
    public void accept(Denied denied) {
        if (denied.action().equals("login") || !LOG.isInfoEnabled()) {
            return;
        }
        String who = shown(denied.principal()) + " as '" + shown(denied.client()) + "'";
        String reason = shown(denied.reason());
        digest.add(
                String.valueOf(denied.appId()),
                denied.action() + " " + who + " " + reason,
                "%s denied: %s, %s: %s"
                        .formatted(denied.action(), who, shown(denied.topic()), reason),
                denied.count());
    }

    private static String shown(String text) {
        return Printable.of(text, LONGEST);
    }

    @Override
    public void close() {
        digest.close();
    }
}
