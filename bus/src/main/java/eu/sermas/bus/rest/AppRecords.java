package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What REST remembers of apps, in memory: the bus passes events on, and keeps just enough to tell
/// a new record from a changed one and to show it again.
///
/// Each app is a world of its own, with its lock and its share of the bytes, so that no app waits
/// for another one or loses anything to it. Within an app a visitor has only some of the places. A
/// record is kept as the JSON that is sent, so that what is counted is what is held; the fields by
/// which it can be found stand beside it. Safe for use by many threads.
final class AppRecords {

    /// What is remembered.
    enum Kind {
        SESSION("sessions"),
        STORAGE("storage records"),
        MARKER("markers"),
        AGENT("agents"),
        /// The oldest ones give way to new ones, and to records of the other kinds.
        MONITORING("monitoring records");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    /// Records of one kind.
    static final int MAX_OF_APP = 1_000;

    static final int MAX_OF_VISITOR = 100;

    /// Of one record, as JSON.
    static final int MAX_BYTES = 1024 * 1024;

    /// Of all records that one search finds.
    static final int MAX_BYTES_FOUND = 8 * 1024 * 1024;

    /// The objects of one record beside its JSON and the texts of its fields.
    private static final long OVERHEAD = 512;

    private static final long OVERHEAD_OF_FIELD = 96;

    /// The fields that somebody may search by.
    private static final List<String> FIELDS =
            List.of(
                    "sessionId",
                    "storageId",
                    "userId",
                    "clientId",
                    "agentId",
                    "requestId",
                    "type",
                    "label",
                    "modifiedAt",
                    "ts");

    /// Who brings a record.
    ///
    /// @param places of each kind in one app
    /// @param isAdmin whose records are on the account of the platform
    private record Author(String principal, int places, boolean isAdmin) {

        static Author of(Caller caller, String appId) {
            Principal principal = caller.principal();
            boolean visitor =
                    principal.kind() == Principal.Kind.USER
                            && !caller.rights()
                                    .explainCall(
                                            Access.PLATFORM_APP.resource(),
                                            Access.PLATFORM_APP.scope(),
                                            appId)
                                    .allowed();
            return new Author(
                    principal.id(),
                    visitor ? MAX_OF_VISITOR : MAX_OF_APP,
                    principal.isPlatformAdmin());
        }
    }

    /// A record that was found.
    ///
    /// @param fields its texts among [#FIELDS]
    /// @param json must not be changed
    record Found(String appId, Map<String, String> fields, byte[] json) {

        String field(String name) {
            return fields.getOrDefault(name, "");
        }

        ObjectNode value() {
            return (ObjectNode) Json.read(json, ObjectNode.class);
        }

        private JsonNode raw() {
            return new POJONode(new RawValue(new String(json, StandardCharsets.UTF_8)));
        }
    }

    /// Something that has been changed, and can be taken back.
    ///
    /// @param before what was there, or null
    /// @param settled for when nobody will take it back any more
    record Change(@Nullable Found before, Runnable undo, Runnable settled) {

        boolean isNew() {
            return before == null;
        }

        /// Tells of the change, which is taken back where that is refused.
        void tell(Runnable telling) {
            try {
                telling.run();
            } catch (RuntimeException e) {
                undo.run();
                throw e;
            }
            settled.run();
        }
    }

    /// @param payer on whose account it is
    private record Held(String author, Found found, Share payer, long cost) {

        static Held of(Author author, String appId, ObjectNode value, byte[] json, Share payer) {
            Map<String, String> fields = new HashMap<>();
            long cost = OVERHEAD + json.length;
            for (String field : FIELDS) {
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

    private final Shares shares;
    private final ConcurrentMap<String, OfApp> apps = new ConcurrentHashMap<>();

    /// @param shares of the bytes
    AppRecords(Shares shares) {
        this.shares = shares;
    }

    /// The identifier in a field of a record, fit for one level of a topic; made up where there is
    /// none.
    ///
    /// @throws Refused 400 where it is not fit
    static String identify(ObjectNode record, String field) {
        if (!record.hasNonNull(field)) {
            record.put(field, UUID.randomUUID().toString());
        }
        return AppEvents.level(field, AppEvents.required(record, field));
    }

    /// @throws Refused 429 where the caller or the app has too many, 413 where it is too large
    Change put(Caller caller, Kind kind, String appId, String id, ObjectNode value) {
        Author author = Author.of(caller, appId);
        byte[] json = written(kind, value);
        return with(appId, app -> app.put(kind, id, app.held(author, value, json), author));
    }

    /// Adds one that nobody will ask for by a name; where there is no room, the oldest are let go.
    Change append(Caller caller, String appId, ObjectNode value) {
        Author author = Author.of(caller, appId);
        byte[] json = written(Kind.MONITORING, value);
        return with(appId, app -> app.append(app.held(author, value, json), author));
    }

    private static byte[] written(Kind kind, ObjectNode value) {
        byte[] json = Json.write(value);
        if (json.length > MAX_BYTES) {
            throw Refused.tooLarge(
                    "%s: %d bytes (expected: at most %d in one)"
                            .formatted(kind.label, json.length, MAX_BYTES));
        }
        return json;
    }

    @Nullable Found get(Kind kind, String appId, String id) {
        OfApp app = apps.get(appId);
        return app == null ? null : app.get(kind, id);
    }

    /// The record of this identifier in the first of the apps that are allowed, or null.
    @Nullable Found find(Caller caller, Kind kind, String id, Predicate<String> allowed) {
        Set<String> own = caller.rights().appIds();
        // Only those who may look into every app have none of their own.
        return (own.isEmpty() ? apps.keySet() : own)
                .stream()
                        .filter(appId -> get(kind, appId, id) != null && allowed.test(appId))
                        .sorted()
                        .map(appId -> get(kind, appId, id))
                        .findFirst()
                        .orElse(null);
    }

    /// Those of an app that fit, the oldest first.
    List<Found> of(Kind kind, String appId, Predicate<Found> wanted) {
        OfApp app = apps.get(appId);
        return app == null ? List.of() : app.all(kind).stream().filter(wanted).toList();
    }

    /// The same as an answer: those whose fields are those of a filter, as far as it names any.
    ///
    /// @throws Refused 413 where they are more than an answer should be
    List<JsonNode> search(
            Kind kind,
            String appId,
            ObjectNode filter,
            List<String> searched,
            Predicate<Found> wanted) {
        Map<String, String> asked = new HashMap<>();
        for (String field : searched) {
            if (filter.path(field).isTextual()) {
                asked.put(field, filter.path(field).asText());
            }
        }
        List<Found> found =
                of(
                        kind,
                        appId,
                        one ->
                                one.fields().entrySet().containsAll(asked.entrySet())
                                        && wanted.test(one));
        long bytes = found.stream().mapToLong(one -> one.json().length).sum();
        if (bytes > MAX_BYTES_FOUND) {
            throw Refused.tooLarge(
                    "%s: %d bytes found (expected: at most %d; name more fields)"
                            .formatted(kind.label, bytes, MAX_BYTES_FOUND));
        }
        return found.stream().map(Found::raw).toList();
    }

    /// @return null where there is no such record
    @Nullable Change remove(Kind kind, String appId, String id) {
        OfApp app = apps.get(appId);
        return app == null ? null : app.remove(kind, id);
    }

    /// Does something that looks before it changes, one after the other for each app.
    <T> T inOrder(String appId, Supplier<T> work) {
        ReentrantLock order = with(appId, app -> app.order);
        order.lock();
        try {
            return work.get();
        } finally {
            order.unlock();
        }
    }

    /// Lets go of everything of an app.
    void forget(String appId) {
        OfApp app = apps.get(appId);
        if (app != null) {
            app.forget();
        }
    }

    /// An app that holds nothing any more may be left at the same moment: then its next state does
    /// it.
    private <T> T with(String appId, Function<OfApp, @Nullable T> work) {
        while (true) {
            OfApp app = apps.computeIfAbsent(appId, OfApp::new);
            T done = app.unlessLeft(work);
            if (done != null) {
                return done;
            }
        }
    }

    /// The records of one app.
    private final class OfApp {

        private final String appId;
        private final Share share;
        private final ReentrantLock order = new ReentrantLock();
        private final ReentrantLock lock = new ReentrantLock();

        // Under the lock; those of a kind in the order in which they came.
        private final Map<Kind, Map<String, Held>> records = new EnumMap<>(Kind.class);
        private long appended;
        private boolean left;

        OfApp(String appId) {
            this.appId = appId;
            this.share = shares.open(appId);
        }

        private <T> T locked(Supplier<T> work) {
            lock.lock();
            try {
                return work.get();
            } finally {
                lock.unlock();
            }
        }

        <T> @Nullable T unlessLeft(Function<OfApp, @Nullable T> work) {
            return locked(() -> left ? null : work.apply(this));
        }

        Held held(Author author, ObjectNode value, byte[] json) {
            return Held.of(author, appId, value, json, author.isAdmin() ? shares.system() : share);
        }

        private Map<String, Held> of(Kind kind) {
            return records.computeIfAbsent(kind, _ -> new LinkedHashMap<>());
        }

        Change put(Kind kind, String id, Held now, Author author) {
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
                                .formatted(kind.label, now.cost(), appId, shares.total()));
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
            if (all.size() >= MAX_OF_APP) {
                throw Refused.tooMany(kind.label + ": more than " + MAX_OF_APP + " in one app");
            }
            if (count(all, author) >= author.places()) {
                throw Refused.tooMany(
                        "%s: more than %d of one user".formatted(kind.label, author.places()));
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

        Change append(Held one, Author author) {
            Map<String, Held> all = of(Kind.MONITORING);
            if (count(all, author) >= author.places()) {
                dropOldest(held -> held.author().equals(author.principal()));
            } else if (all.size() >= MAX_OF_APP) {
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
            return locked(() -> new ArrayList<>(of(kind).values())).stream()
                    .map(Held::found)
                    .toList();
        }

        @Nullable Change remove(Kind kind, String id) {
            lock.lock();
            try {
                Held gone = of(kind).remove(id);
                if (gone == null) {
                    return null;
                }
                gone.payer().giveBack(gone.cost());
                return new Change(
                        gone.found(), () -> undo(kind, id, null, gone), this::leaveIfEmpty);
            } finally {
                lock.unlock();
            }
        }

        void forget() {
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
                    apps.remove(appId, this);
                    share.close();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
