package eu.sermas.bus.rest.operation;

import eu.sermas.bus.audit.AuditEntry;
import eu.sermas.bus.broker.live.SessionRow;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.rest.caller.Actor;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Has the audit log say what callers do to connections, sessions and retained messages.
public final class Deeds {

    private static final int LONGEST = 1000;

    private final Consumer<AuditEntry> audit;
    private final InstantSource clock;

    /// @param audit never blocks
    public Deeds(Consumer<AuditEntry> audit, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
    }

    void connectionEnded(SessionRow session) {
        tell("connection-ended", of(session));
    }

    void sessionEnded(SessionRow session) {
        tell("session-ended", of(session));
    }

    void retainedRemoved(Topic topic) {
        tell("retained-removed", Map.of("topic", cut(topic.name())));
    }

    private static Map<String, Object> of(SessionRow session) {
        return Map.of(
                "apps",
                new TreeSet<>(session.appIds()),
                "principal",
                session.principalId(),
                "client",
                cut(session.clientId()));
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }

    private void tell(String event, Map<String, Object> details) {
        Actor actor = Objects.requireNonNull(Actor.current());
        audit.accept(
                new AuditEntry(clock.millis(), event, actor.principal(), actor.address(), details));
    }
}
