package eu.sermas.bus.systemtest.crash;

import java.util.ArrayList;
import java.util.List;

/// Compares what clients have sent and seen with what the bus has promised:
///
/// - a QoS 1 or 2 message that was acknowledged reaches every session that had subscribed before it
///   was sent, is there at the end and has received what waited for it; of the members of a shared
///   subscription, one;
/// - a QoS 2 message reaches a session once;
/// - messages of one publisher, topic and QoS keep their order, where of a message that comes twice
///   the first time counts;
/// - a retained message is the last acknowledged, or a later one that was sent;
/// - a session is there until it expires, and not after it;
/// - nothing comes for a subscription that was ended, nor a will that was revoked.
///
/// What nobody can know is not held against the bus: a message without an acknowledgement may come
/// or not, a session whose clean start was not answered may be the old one or a new one.
final class Ledger {

    private Ledger() {}

    /// @param events in the order of their times
    static List<Finding> check(List<Event> events) {
        var timeline = new Timeline(events);
        var sendings = new Sendings(events);
        var lives = new Lives(events, timeline);
        var findings = new ArrayList<>(lives.findings());
        findings.addAll(new Deliveries(lives.lives(), sendings, timeline).findings());
        var retained = new Retained(sendings, timeline);
        for (var event : events) {
            if (event instanceof Event.Read read) {
                retained.check(read).ifPresent(findings::add);
            }
        }
        return findings;
    }
}
