package eu.sermas.bus.simulation;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The reference model: what was published, what each session was promised, and what it got. It
/// knows the rules of the specification and nothing of how the broker keeps them.
///
/// Events are counted in moments, one for each thing that happens. A message is owed to a session
/// if one of its filters was acknowledged before the broker took the message, and neither the
/// filter nor the session has ended since.
final class Ledger {

    /// One PUBLISH as the application behind a session sees it.
    ///
    /// @param dup whether the packet said that it may have come before
    /// @param group the shared subscription that it came by, or null
    /// @param at milliseconds on the clock of the broker when it was written
    record Arrival(
            int number,
            QoS qos,
            boolean dup,
            boolean retain,
            int packetId,
            @Nullable SharedGroup group,
            long at) {}

    private static final boolean TELLS = Long.getLong("simulation.seed") != null;

    private final String run;
    private final List<Sent> sent = new ArrayList<>();
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final Map<String, SharedGroup> groups = new LinkedHashMap<>();

    /// Sessions that their clients have ended, but not been told so: the broker may still have
    // them.
    private final Map<String, Account> leaving = new HashMap<>();

    private long moment;
    private int checked;

    /// Messages up to this number may come once more at QoS 1 without DUP: a broker that died
    /// cannot know what it had just sent.
    private int sentBeforeCrash = -1;

    /// @param run how to repeat this run, for the message of a failure
    Ledger(String run, Traits traits) {
        this.run = run;
        traits.groups.forEach(
                each -> groups.put(each.filter(), new SharedGroup(each.filter(), each.qos())));
    }

    /// Writes down what happens, where one run is looked at.
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    void note(String what, @Nullable Object... arguments) {
        if (TELLS) {
            System.out.println(moment + " " + what.formatted(arguments));
        }
    }

    long tick() {
        return ++moment;
    }

    @Nullable SharedGroup group(@Nullable String filter) {
        return filter == null ? null : groups.get(filter);
    }

    Sent publish(String publisher, Topic topic, QoS qos, boolean retain, int size, long expiresAt) {
        Sent message = new Sent(sent.size(), publisher, topic, qos, retain, size, expiresAt);
        sent.add(message);
        return message;
    }

    Sent message(int number) {
        return sent.get(number);
    }

    /// @param unsafe topics that promise nothing beyond the process
    void brokerDied(Predicate<Topic> unsafe) {
        for (Sent message : sent) {
            if (unsafe.test(message.topic)) {
                message.unsafe = true;
                message.uncertain = true;
            }
        }
        sentBeforeCrash = sent.size() - 1;
        for (SharedGroup group : groups.values()) {
            leaving.values().forEach(ended -> group.ended(ended, sentBeforeCrash));
        }
        sent.forEach(message -> message.forgotten = false); // that may have gone with the process
    }

    /// Time has passed.
    ///
    /// @param now by the clock that never jumps
    void review(long now) {
        groups.values().forEach(group -> group.review(now, tick()));
    }

    /// The session's beginning; an older one of the same name is closed with everything owed to it.
    ///
    /// @param largest bytes of the largest payload that its client takes
    Account open(String name, int largest) {
        close(name);
        leaving.remove(name);
        Account account = new Account(name, largest);
        accounts.put(name, account);
        return account;
    }

    void close(String name) {
        Account ended = accounts.remove(name);
        if (ended != null) {
            leaving.put(name, ended);
            groups.values().forEach(group -> group.ended(ended, sentBeforeCrash));
        }
    }

    /// A message of a shared subscription is on its way to this client, maybe on a connection that
    /// it has given up with its session.
    void exactlyOnceOnWire(String name, int number) {
        Account account = accounts.get(name);
        Account ended = leaving.get(name);
        if (account != null) {
            account.exactlyOnceOnWire.add(number);
        } else if (ended != null) {
            ended.exactlyOnceOnWire.add(number);
            groups.values().forEach(group -> group.ended(ended, -1));
        }
    }

    @Nullable Account account(String name) {
        return accounts.get(name);
    }

    /// SUBACK came.
    void granted(Account account, TopicFilter filter, QoS qos) {
        SharedGroup group = groups.get(filter.text());
        if (group != null) {
            group.joined(account, tick());
        } else {
            account.filters.put(filter.text(), new Account.Filter(filter, qos, tick()));
        }
    }

    /// The client asks for the filter anew, or for its end, or may not have it any more.
    void givenUp(Account account, String filter) {
        account.forget(filter);
        SharedGroup group = groups.get(filter);
        if (group != null) {
            group.left(account);
        }
    }

    /// The application behind a session got a message.
    void received(Account account, Arrival arrival) {
        Sent message = sent.get(arrival.number);
        check(
                arrival.qos.compareTo(message.qos) <= 0,
                "%s got message %d at %s, published at %s",
                account.name,
                message.number,
                arrival.qos,
                message.qos);
        check(
                !message.forgotten,
                "%s got message %d, a will that was given up",
                account.name,
                message.number);
        if (!arrival.dup && !arrival.retain) {
            check(
                    arrival.at < message.expiresAt,
                    "%s got message %d after its expiry",
                    account.name,
                    message.number);
        }
        if (arrival.group != null) {
            receivedByGroup(account, arrival.group, message, arrival);
        } else {
            receivedByItself(account, message, arrival);
        }
    }

    private void receivedByGroup(
            Account account, SharedGroup group, Sent message, Arrival arrival) {
        check(
                account.asked.contains(group.filter) && group.topics.matches(message.topic),
                "%s got message %d by %s, which it has not asked for",
                account.name,
                message.number,
                group.filter);
        int times = group.received(message.number);
        check(
                times == 1 || arrival.qos != QoS.EXACTLY_ONCE || message.cameAnew(),
                "members of %s got message %d %d times at QoS 2, the last of them %s",
                group.filter,
                message.number,
                times,
                account.name);
    }

    private void receivedByItself(Account account, Sent message, Arrival arrival) {
        check(
                account.asked.stream()
                        .anyMatch(
                                filter ->
                                        !groups.containsKey(filter)
                                                && TopicFilter.of(filter).matches(message.topic)),
                "%s got message %d on %s, which no filter of its matches",
                account.name,
                message.number,
                message.topic);
        if (arrival.retain) {
            // Comes again with each SUBSCRIBE, whenever it was published.
            account.retainedReceived.add(message.number);
            return;
        }
        int times = account.received.merge(message.number, 1, Integer::sum);
        check(
                times == 1 || mayRepeat(account, message, arrival),
                "%s got message %d %d times at %s, dup=%s",
                account.name,
                message.number,
                times,
                arrival.qos,
                arrival.dup);
        if (arrival.qos != QoS.EXACTLY_ONCE) {
            account.notExactlyOnce.add(message.number);
        }
        if (times == 1 && !message.isWill && !mayComeLate(account, message, arrival.qos)) {
            inOrder(account, message, arrival.qos);
        }
    }

    /// Whether it may come to those who missed it at first, as one may at QoS 0, because it came
    /// anew when it was sent again.
    private boolean mayComeLate(Account account, Sent message, QoS qos) {
        return message.cameAnew()
                || (message.resent
                        && message.number <= sentBeforeCrash
                        && (qos == QoS.AT_MOST_ONCE
                                || account.filters.values().stream()
                                        .noneMatch(filter -> filter.brings(message))));
    }

    private void inOrder(Account account, Sent message, QoS qos) {
        String line = message.publisher + " " + message.topic + " " + message.qos + " " + qos;
        int last = account.lastInOrder.getOrDefault(line, -1);
        check(
                message.number > last,
                "%s got message %d of %s after message %d",
                account.name,
                message.number,
                line,
                last);
        account.lastInOrder.put(line, message.number);
    }

    private boolean mayRepeat(Account account, Sent message, Arrival arrival) {
        boolean diedMeanwhile = message.number <= sentBeforeCrash;
        boolean wasPublishedAgain = message.resent || message.isWill; // a will by the next process
        if (diedMeanwhile && wasPublishedAgain && account.notExactlyOnce.contains(message.number)) {
            return true; // it came by a subscription of a lower QoS before the broker had it safe
        }
        // What waits on disk may have been sent by the process that died, at QoS 0 too.
        return (arrival.qos == QoS.AT_LEAST_ONCE && (arrival.dup || diedMeanwhile))
                || (arrival.qos == QoS.AT_MOST_ONCE && diedMeanwhile)
                || message.unsafe
                || message.cameAnew();
    }

    /// When everything has come to rest: nobody is owed anything.
    ///
    /// @param now by the clock of the broker
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
            settleRetained(account, now);
        }
        for (SharedGroup group : groups.values()) {
            for (Sent message : sent) {
                if (group.isOwed(message, now)) {
                    checked++;
                    check(
                            group.has(message),
                            "no member of %s ever got message %d on %s at %s",
                            group.filter,
                            message.number,
                            message.topic,
                            message.qos);
                }
            }
        }
    }

    private void settleRetained(Account account, long now) {
        account.retainedOwed.forEach(
                (number, filter) -> {
                    Sent message = sent.get(number);
                    if (message.expiresAt > now && message.size <= account.largest) {
                        checked++;
                        check(
                                account.retainedReceived.contains(number)
                                        || account.received.containsKey(number),
                                "%s never got the retained message %d on %s, subscribed to by %s",
                                account.name,
                                number,
                                message.topic,
                                filter);
                    }
                });
    }

    private static boolean isOwed(Account account, Sent message, long now) {
        return message.qos != QoS.AT_MOST_ONCE
                && message.takenAt >= 0
                && message.expiresAt > now
                && !message.uncertain
                && message.size <= account.largest
                && account.filters.values().stream()
                        .anyMatch(
                                filter ->
                                        filter.qos() != QoS.AT_MOST_ONCE && filter.brings(message));
    }

    /// How many promises have been found kept; a run without any would prove nothing.
    int checked() {
        return checked;
    }

    /// @param what of a promise that is broken; it is the same for all failures of one kind
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more dependency
    void check(boolean holds, String what, Object... arguments) {
        if (!holds) {
            throw new BrokenPromise(what, what.formatted(arguments) + " [" + run + "]");
        }
    }
}
