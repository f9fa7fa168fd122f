package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.relay.AppRecords.Author;
import eu.sermas.bus.rest.relay.AppRecords.Change;
import eu.sermas.bus.rest.relay.AppRecords.Found;
import eu.sermas.bus.rest.relay.AppRecords.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The records of one app, from when it was made until it ends: with its lock and its share of the
/// bytes, so that no app waits for another one or loses anything to it. What the app left behind
/// that had the id before is on another shelf, and so is what the next one has.
///
/// Safe for use by many threads.
final class AppShelf {

    /// The objects of one record beside its JSON and the texts of its fields.
    private static final long OVERHEAD = 512;

    private static final long OVERHEAD_OF_FIELD = 96;

    /// @param payer on whose account it is
    private record Held(String author, Found found, Share payer, long cost) {

        static Held of(Author author, String appId, ObjectNode value, byte[] json, Share payer) {
            Map<String, String> fields = new HashMap<>();
            long cost = OVERHEAD + json.length;
            for (String field : AppRecords.FIELDS) {
                JsonNode text = value.path(field);
                if (text.isTextual()) {
                    fields.put(field, text.asText());
                    cost += OVERHEAD_OF_FIELD + 2L * text.asText().length();
                }
            }
            return new Held(
                    author.principal(), new Found(appId, Map.copyOf(fields), json), payer, cost);
        }
    }

    private final String appId;
    private final String made;
    private final Shares shares;
    private final Consumer<AppShelf> gone;
    private final Share share;
    private final ReentrantLock order = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();

    // Under the lock; those of a kind in the order in which they came.
    private final Map<Kind, Map<String, Held>> records = new EnumMap<>(Kind.class);
    private long appended;
    private boolean left;

    /// @param made what was made with the app, and with no other
    /// @param gone is told when nothing is here any more, nor will be
    AppShelf(String appId, String made, Shares shares, Consumer<AppShelf> gone) {
        this.appId = appId;
        this.made = made;
        this.shares = shares;
        this.gone = gone;
        this.share = shares.open(appId);
    }

    String appId() {
        return appId;
    }

    boolean isOf(String wanted) {
        return made.equals(wanted);
    }

    /// For those who look before they change something.
    ReentrantLock order() {
        return order;
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    /// @param obstacle is asked under the lock, and throws where nothing may be changed any more
    /// @return null where this shelf was left: another one does it
    <T> @Nullable T unlessLeft(Runnable obstacle, Function<AppShelf, T> work) {
        lock.lock();
        try {
            if (left) {
                return null;
            }
            obstacle.run();
            return work.apply(this);
        } catch (RuntimeException e) {
            leaveIfEmpty();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    private Held held(Author author, ObjectNode value, byte[] json) {
        return Held.of(author, appId, value, json, author.isAdmin() ? shares.system() : share);
    }

    private Map<String, Held> of(Kind kind) {
        return records.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
    }

    Change put(Kind kind, String id, Author author, ObjectNode value, byte[] json) {
        Held now = held(author, value, json);
        Map<String, Held> all = of(kind);
        Held before = all.get(id);
        if (before == null) {
            requirePlace(kind, all, author);
        } else {
            before.payer().giveBack(before.cost());
        }
        if (!take(now)) {
            if (before != null) {
                before.payer().takeAnyway(before.cost());
            }
            throw Refused.tooMany(
                    "%s: no room for %d bytes in app %s (limits.records.total-bytes: %d)"
                            .formatted(kind.label(), now.cost(), appId, shares.total()));
        }
        all.put(id, now);
        return new Change(
                before == null ? null : before.found(),
                () -> undo(kind, id, now, before),
                () -> {});
    }

    private void requirePlace(Kind kind, Map<String, Held> all, Author author) {
        if (author.isAdmin()) {
            return;
        }
        if (all.size() >= AppRecords.MAX_OF_APP) {
            throw Refused.tooMany(
                    kind.label() + ": more than " + AppRecords.MAX_OF_APP + " in one app");
        }
        if (count(all, author) >= author.places()) {
            throw Refused.tooMany(
                    "%s: more than %d of one user".formatted(kind.label(), author.places()));
        }
    }

    private static long count(Map<String, Held> all, Author author) {
        return all.values().stream()
                .filter(held -> held.author().equals(author.principal()))
                .count();
    }

    /// Makes room by letting go of what may be.
    private boolean take(Held one) {
        while (!one.payer().take(one.cost())) {
            if (!dropOldest(held -> held.payer().equals(one.payer()))) {
                return false;
            }
        }
        return true;
    }

    private boolean dropOldest(Predicate<Held> which) {
        Iterator<Held> oldest = of(Kind.MONITORING).values().iterator();
        while (oldest.hasNext()) {
            Held held = oldest.next();
            if (which.test(held)) {
                oldest.remove();
                held.payer().giveBack(held.cost());
                return true;
            }
        }
        return false;
    }

    Change append(Author author, ObjectNode value, byte[] json) {
        Held one = held(author, value, json);
        Map<String, Held> all = of(Kind.MONITORING);
        if (count(all, author) >= author.places()) {
            dropOldest(held -> held.author().equals(author.principal()));
        } else if (all.size() >= AppRecords.MAX_OF_APP) {
            dropOldest(_ -> true);
        }
        String id = Long.toString(appended++);
        if (take(one)) {
            all.put(id, one);
        }
        return new Change(null, () -> undo(Kind.MONITORING, id, one, null), () -> {});
    }

    /// @param now what must still be there
    @SuppressWarnings("ReferenceEquality") // a record that was put since is another one
    private void undo(Kind kind, String id, @Nullable Held now, @Nullable Held before) {
        locked(
                () -> {
                    Map<String, Held> all = of(kind);
                    if (left || all.get(id) != now) {
                        return false;
                    }
                    if (now != null) {
                        all.remove(id);
                        now.payer().giveBack(now.cost());
                    }
                    if (before != null) {
                        before.payer().takeAnyway(before.cost());
                        all.put(id, before);
                    }
                    return true;
                });
    }

    @Nullable Found get(Kind kind, String id) {
        lock.lock();
        try {
            Held held = of(kind).get(id);
            return held == null ? null : held.found();
        } finally {
            lock.unlock();
        }
    }

    List<Found> all(Kind kind) {
        return locked(() -> new ArrayList<>(of(kind).values())).stream().map(Held::found).toList();
    }

    @Nullable Change remove(Kind kind, String id) {
        lock.lock();
        try {
            Held gone = of(kind).remove(id);
            if (gone == null) {
                return null;
            }
            gone.payer().giveBack(gone.cost());
            return new Change(gone.found(), () -> undo(kind, id, null, gone), this::leaveIfEmpty);
        } finally {
            lock.unlock();
        }
    }

    /// The app has ended.
    void leave() {
        leave(_ -> true);
    }

    private void leaveIfEmpty() {
        leave(all -> all.values().stream().allMatch(Map::isEmpty));
    }

    private void leave(Predicate<Map<Kind, Map<String, Held>>> when) {
        lock.lock();
        try {
            if (!left && when.test(records)) {
                left = true;
                records.values().stream()
                        .flatMap(all -> all.values().stream())
                        .forEach(held -> held.payer().giveBack(held.cost()));
                records.clear();
                gone.accept(this);
                share.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
