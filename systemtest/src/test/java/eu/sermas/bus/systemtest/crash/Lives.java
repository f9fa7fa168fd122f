package eu.sermas.bus.systemtest.crash;

import eu.sermas.bus.systemtest.crash.Finding.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Follows the sessions through the events: what Session Present said and should have said.
///
/// When a session expires is only known within bounds: a bus that is killed just after a client has
/// gone may not have noted it, and then counts from its restart.
final class Lives {

    /// A bus that lives this long after a client has gone has noted it.
    static final long SETTLED = Duration.ofSeconds(1).toNanos();

    /// How long after its expiry a session may still be found.
    static final long GRACE = Duration.ofMillis(1500).toNanos();

    private final Timeline timeline;
    private final Map<String, Client> clients = new HashMap<>();
    private final List<Life> lives = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    /// What is known of one client.
    private static final class Client {

        private @Nullable Life life;
        private long connecting;
        private boolean clean;

        /// CONNECT was sent and its CONNACK has not been seen.
        private boolean asking;

        /// A CONNECT whose answer nobody saw may have begun a session.
        private boolean unsure;

        private boolean connected;
        private long connectedAt;
        private long disconnectedAt;

        /// The last connection of which nobody saw the CONNACK had ended by then.
        private long unseenEnd = Long.MIN_VALUE;

        private long expiry;
    }

    Lives(List<Event> events, Timeline timeline) {
        this.timeline = timeline;
        events.forEach(this::note);
        for (var client : clients.values()) {
            if (client.life != null && client.connected && !client.unsure) {
                client.life.owed = true;
            }
        }
    }

    List<Life> lives() {
        return lives;
    }

    List<Finding> findings() {
        return findings;
    }

    private void note(Event event) {
        switch (event) {
            case Event.Connecting(long at, String session, boolean clean) -> {
                var client = client(session);
                if (client.asking) {
                    client.unsure |= client.life == null || mayHaveExpired(client, at);
                    client.unseenEnd = at;
                }
                client.unsure |= clean;
                client.asking = true;
                client.connecting = at;
                client.clean = clean;
            }
            case Event.Connected connected -> note(connected, client(connected.session()));
            case Event.Disconnected(long at, String session) -> {
                var client = client(session);
                if (client.connected) {
                    client.connected = false;
                    client.disconnectedAt = at;
                }
            }
            case Event.Subscribing e -> pass(e.session(), e);
            case Event.Subscribed e -> pass(e.session(), e);
            case Event.Unsubscribing e -> pass(e.session(), e);
            case Event.Unsubscribed e -> pass(e.session(), e);
            case Event.Received e -> pass(e.session(), e);
            case Event.Sent _,
                    Event.Acknowledged _,
                    Event.Revoked _,
                    Event.Read _,
                    Event.Killed _,
                    Event.Restarted _ -> {}
        }
    }

    private Client client(String session) {
        return clients.computeIfAbsent(session, _ -> new Client());
    }

    private void pass(String session, Event event) {
        var life = client(session).life;
        if (life != null) {
            life.note(event);
        }
    }

    private void note(Event.Connected event, Client client) {
        var life = client.life;
        if (event.present()) {
            judgePresent(event, client);
        } else if (life != null) {
            judgeAbsent(event, client, life);
        }
        if (life == null || !event.present() || client.unsure) {
            client.life = new Life(event.session(), event.at());
            lives.add(client.life);
        }
        client.unsure = false;
        client.asking = false;
        client.connected = true;
        client.connectedAt = event.at();
        client.expiry = event.expiry();
    }

    private void judgePresent(Event.Connected event, Client client) {
        var life = client.life;
        if (client.clean) {
            find(Rule.RESURRECTED, event, "was asked to start clean");
        } else if (life == null && !client.unsure) {
            find(Rule.RESURRECTED, event, "was never there");
        } else if (life != null && !client.connected && hasExpired(client)) {
            find(
                    Rule.RESURRECTED,
                    event,
                    "ended its connection at %s and had to expire %d ms later"
                            .formatted(timeline.tell(client.disconnectedAt), millis(client)));
        }
        if (life != null && client.unsure) {
            life.end = client.connecting;
        }
    }

    private void judgeAbsent(Event.Connected event, Client client, Life life) {
        if (client.unsure || mayHaveExpired(client, event.at())) {
            life.end = client.connecting;
            return;
        }
        long passed = event.at() - endAtTheEarliest(client);
        life.end = event.at();
        life.owed = true;
        find(
                Rule.GONE,
                event,
                "is not there %d ms after the end of its connection, expiry %d ms"
                        .formatted(Duration.ofNanos(passed).toMillis(), millis(client)));
    }

    private boolean mayHaveExpired(Client client, long at) {
        return at - endAtTheEarliest(client) >= client.expiry;
    }

    /// A client learns late that the bus was killed.
    private long endAtTheEarliest(Client client) {
        long seen = client.connected ? Long.MAX_VALUE : client.disconnectedAt;
        var kill = timeline.firstKillAfter(client.connectedAt);
        return kill.isPresent() && kill.getAsLong() < seen ? kill.getAsLong() : seen;
    }

    private boolean hasExpired(Client client) {
        long counted = Math.max(client.disconnectedAt, client.unseenEnd);
        long noticed = client.connectedAt;
        while (true) {
            var kill = timeline.firstKillAfter(noticed);
            if (kill.isEmpty() || kill.getAsLong() > counted + SETTLED) {
                break;
            }
            var restart = timeline.firstRestartAfter(kill.getAsLong());
            if (restart.isEmpty()) {
                return false;
            }
            counted = Math.max(counted, restart.getAsLong());
            noticed = restart.getAsLong();
        }
        long left = client.connecting - counted - GRACE;
        return left > client.expiry;
    }

    private static long millis(Client client) {
        return Duration.ofNanos(client.expiry).toMillis();
    }

    private void find(Rule rule, Event.Connected event, String what) {
        findings.add(
                new Finding(
                        rule,
                        "session %s %s; CONNACK at %s"
                                .formatted(event.session(), what, timeline.tell(event.at()))));
    }
}
