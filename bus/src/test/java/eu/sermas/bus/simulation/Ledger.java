package eu.sermas.bus.simulation;

import static org.assertj.core.api.Assertions.fail;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The reference model: what was published, what each session was promised, and what it got. It
/// knows the rules of the specification and nothing of how the broker keeps them.
///
/// Time is counted in moments, one for each thing that happens. A message is owed to a session if
/// one of its filters was acknowledged before the broker took the message, and neither the filter
/// nor the session has ended since.
final class Ledger {

    /// One message; the broker took it at the moment `takenAt`, or -1 while that is open.
    static final class Sent {
        final int number;
        final String publisher;
        final Topic topic;
        final QoS qos;
        long expiresAt;
        long takenAt = -1;

        /// Sent once more by its publisher, so that QoS 1 may bring it twice.
        boolean resent;

        /// Refused by a full queue, so that its identifier means a new message when it comes again.
        boolean refused;

        /// Refused by a full queue, or nobody knows what became of it: nobody is owed it.
        boolean uncertain;

        /// Whether the broker has to take it for a new message although its publisher knows better.
        boolean cameAnew() {
            return resent && (refused || qos == QoS.AT_LEAST_ONCE);
        }

        Sent(int number, String publisher, Topic topic, QoS qos, long expiresAt) {
            this.number = number;
            this.publisher = publisher;
            this.topic = topic;
            this.qos = qos;
            this.expiresAt = expiresAt;
        }
    }

    /// A filter in force: from the moment of its SUBACK until the client asks for its end.
    record Filter(TopicFilter filter, QoS qos, long since) {}

    /// What one session, from its creation to its end, was promised and got.
    static final class Account {
        final String name;
        final Map<String, Filter> filters = new HashMap<>();
        final Set<String> asked = new HashSet<>();
        final Map<Integer, Integer> received = new HashMap<>();
        final Set<Integer> notExactlyOnce = new HashSet<>();
        final Map<String, Integer> lastInOrder = new HashMap<>();

        Account(String name) {
            this.name = name;
        }
    }

    private final String run;
    private final List<Sent> sent = new ArrayList<>();
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private long moment;
    private int checked;

    /// Messages up to this number may come once more at QoS 1 without DUP: a broker that died
    /// cannot know what it had just sent.
    private int sentBeforeCrash = -1;

    /// @param run how to repeat this run, for the message of a failure
    Ledger(String run) {
        this.run = run;
    }

    long tick() {
        return ++moment;
    }

    Sent publish(String publisher, Topic topic, QoS qos, long expiresAt) {
        Sent message = new Sent(sent.size(), publisher, topic, qos, expiresAt);
        sent.add(message);
        return message;
    }

    void brokerDied() {
        sentBeforeCrash = sent.size() - 1;
    }

    Sent message(int number) {
        return sent.get(number);
    }

    /// The session's beginning; an older one of the same name is closed with everything owed to it.
    Account open(String name) {
        Account account = new Account(name);
        accounts.put(name, account);
        return account;
    }

    void close(String name) {
        accounts.remove(name);
    }

    @Nullable Account account(String name) {
        return accounts.get(name);
    }

    /// The application behind a session got a message.
    ///
    /// @param qos of the delivery
    /// @param dup whether the packet said that it may have come before
    void received(Account account, int number, QoS qos, boolean dup, boolean retained, long now) {
        Sent message = sent.get(number);
        check(
                account.asked.stream().anyMatch(f -> TopicFilter.of(f).matches(message.topic)),
                "%s got message %d on %s, which no filter of its matches",
                account.name,
                number,
                message.topic);
        check(
                qos.compareTo(message.qos) <= 0,
                "%s got message %d at %s, published at %s",
                account.name,
                number,
                qos,
                message.qos);
        if (retained) {
            return; // a retained message comes again with each SUBSCRIBE, whenever it was published
        }
        if (!dup) {
            check(
                    now < message.expiresAt,
                    "%s got message %d after its expiry",
                    account.name,
                    number);
        }
        int times = account.received.merge(number, 1, Integer::sum);
        check(
                times == 1 || mayRepeat(account, message, qos, dup),
                "%s got message %d %d times at %s, dup=%s",
                account.name,
                number,
                times,
                qos,
                dup);
        if (qos != QoS.EXACTLY_ONCE) {
            account.notExactlyOnce.add(number);
        }
        // One that came anew when it was sent again may come late to whoever missed it before.
        if (times == 1 && !message.cameAnew()) {
            String line = message.publisher + " " + message.topic + " " + message.qos + " " + qos;
            int last = account.lastInOrder.getOrDefault(line, -1);
            check(
                    number > last,
                    "%s got message %d of %s after message %d",
                    account.name,
                    number,
                    line,
                    last);
            account.lastInOrder.put(line, number);
        }
    }

    private boolean mayRepeat(Account account, Sent message, QoS qos, boolean dup) {
        boolean diedMeanwhile = message.number <= sentBeforeCrash;
        if (diedMeanwhile && message.resent && account.notExactlyOnce.contains(message.number)) {
            return true; // it came by a subscription of a lower QoS before the broker had it safe
        }
        return (qos == QoS.AT_LEAST_ONCE && (dup || diedMeanwhile))
                || (qos == QoS.AT_MOST_ONCE && message.resent && diedMeanwhile)
                || message.cameAnew();
    }

    /// When everything has come to rest: nobody is owed anything.
    void settle(long now) {
        for (Account account : accounts.values()) {
            for (Sent message : sent) {
                if (isOwed(account, message, now)) {
                    checked++;
                    check(
                            account.received.containsKey(message.number),
                            "%s never got message %d on %s at %s",
                            account.name,
                            message.number,
                            message.topic,
                            message.qos);
                }
            }
        }
    }

    private boolean isOwed(Account account, Sent message, long now) {
        return message.qos != QoS.AT_MOST_ONCE
                && message.takenAt >= 0
                && message.expiresAt > now
                && !message.uncertain
                && account.filters.values().stream()
                        .anyMatch(
                                filter ->
                                        filter.qos != QoS.AT_MOST_ONCE
                                                && filter.since < message.takenAt
                                                && filter.filter.matches(message.topic));
    }

    /// How many promises have been found kept; a run without any would prove nothing.
    int checked() {
        return checked;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    void check(boolean holds, String what, Object... arguments) {
        if (!holds) {
            fail(what.formatted(arguments) + " [" + run + "]");
        }
    }
}
