package eu.sermas.bus.rest.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What REST remembers of apps, in memory: the bus passes events on, and keeps just enough to tell
/// a new record from a changed one and to show it again.
///
/// Each app is a world of its own, an [AppShelf]. Whoever asks for one asks for the app of this
/// moment: where it ends, and another one is made under its id, a request that is still in work
/// neither sees nor leaves anything there. Within an app a visitor has only some of the places. A
/// record is kept as the JSON that is sent, so that what is counted is what is held; the fields by
/// which it can be found stand beside it. Safe for use by many threads.
public final class AppRecords {

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

        String label() {
            return label;
        }
    }

    /// Records of one kind.
    static final int MAX_OF_APP = 1_000;

    static final int MAX_OF_VISITOR = 100;

    /// Of one record, as JSON.
    static final int MAX_BYTES = 1024 * 1024;

    /// Of all records that one search finds.
    static final int MAX_BYTES_FOUND = 8 * 1024 * 1024;

    /// The fields that somebody may search by.
    static final List<String> FIELDS =
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
    record Author(String principal, int places, boolean isAdmin) {

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

        /// What happened to the record, where it was put.
        AppEvents.Operation operation() {
            return before == null ? AppEvents.Operation.CREATED : AppEvents.Operation.UPDATED;
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

    private final Shares shares;
    private final UnaryOperator<String> made;
    private final ConcurrentMap<String, AppShelf> shelves = new ConcurrentHashMap<>();

    /// @param shares of the bytes
    /// @param made by the id of an app, what was made with it and with no other; the empty string
    ///   where there is no such app, for some ids are known to another issuer alone
    public AppRecords(Shares shares, UnaryOperator<String> made) {
        this.shares = shares;
        this.made = made;
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

    /// The app that has this id now.
    ///
    /// @throws Refused 401 or 403 where the caller has not this right in it, also where they had it
    ///   a moment ago in one that is gone
    OfApp of(Caller caller, Access access, String appId) {
        OfApp app = new OfApp(appId, made.apply(appId));
        caller.now().require(access, appId);
        return app;
    }

    /// The first of the apps in which the caller has this right, and which has a record of this
    /// identifier; or null.
    @Nullable OfApp with(Caller caller, Access access, Kind kind, String id) {
        Set<String> own = caller.rights().appIds();
        // Only those who may look into every app have none of their own.
        return (own.isEmpty() ? shelves.keySet() : own)
                .stream()
                        .filter(appId -> caller.may(access, appId))
                        .sorted()
                        .map(appId -> of(caller, access, appId))
                        .filter(app -> app.get(kind, id) != null)
                        .findFirst()
                        .orElse(null);
    }

    /// Lets go of everything that was remembered of an app until now.
    public void forget(String appId) {
        AppShelf shelf = shelves.get(appId);
        if (shelf != null) {
            shelf.leave();
        }
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

    /// The records of one app. It holds none of them, and may outlive it.
    final class OfApp {

        private final String appId;
        private final String identity;

        private OfApp(String appId, String identity) {
            this.appId = appId;
            this.identity = identity;
        }

        /// @throws Refused 429 where the caller or the app has too many, 413 where it is too large
        Change put(Caller caller, Kind kind, String id, ObjectNode value) {
            Author author = Author.of(caller, appId);
            byte[] json = written(kind, value);
            return changing(shelf -> shelf.put(kind, id, author, value, json));
        }

        /// Adds one that nobody will ask for by a name; where there is no room, the oldest are let
        /// go.
        Change append(Caller caller, ObjectNode value) {
            Author author = Author.of(caller, appId);
            byte[] json = written(Kind.MONITORING, value);
            return changing(shelf -> shelf.append(author, value, json));
        }

        @Nullable Found get(Kind kind, String id) {
            AppShelf shelf = shelf();
            return shelf == null ? null : shelf.get(kind, id);
        }

        /// Those that fit, the oldest first.
        List<Found> all(Kind kind, Predicate<Found> wanted) {
            AppShelf shelf = shelf();
            return shelf == null ? List.of() : shelf.all(kind).stream().filter(wanted).toList();
        }

        /// The same as an answer: those whose fields are those of a filter, as far as it names any.
        ///
        /// @throws Refused 413 where they are more than an answer should be
        List<JsonNode> search(
                Kind kind, ObjectNode filter, List<String> searched, Predicate<Found> wanted) {
            Map<String, String> asked = new HashMap<>();
            for (String field : searched) {
                if (filter.path(field).isTextual()) {
                    asked.put(field, filter.path(field).asText());
                }
            }
            List<Found> found =
                    all(
                            kind,
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
        @Nullable Change remove(Kind kind, String id) {
            AppShelf shelf = shelf();
            return shelf == null ? null : shelf.remove(kind, id);
        }

        /// Does something that looks before it changes, one after the other for each app.
        <T> T inOrder(Supplier<T> work) {
            ReentrantLock order = changing(AppShelf::order);
            order.lock();
            try {
                return work.get();
            } finally {
                order.unlock();
            }
        }

        private @Nullable AppShelf shelf() {
            AppShelf shelf = shelves.get(appId);
            return shelf != null && shelf.isOf(identity) ? shelf : null;
        }

        /// A shelf that holds nothing any more may be left at the same moment: then the next one
        /// does it.
        private <T> T changing(Function<AppShelf, T> work) {
            while (true) {
                AppShelf shelf = shelves.computeIfAbsent(appId, _ -> newShelf());
                if (!shelf.isOf(identity)) {
                    requirePresent();
                    shelf.leave(); // of an app that was there before this one
                    continue;
                }
                T done = shelf.unlessLeft(this::requirePresent, work);
                if (done != null) {
                    return done;
                }
            }
        }

        private AppShelf newShelf() {
            return new AppShelf(
                    appId, identity, shares, shelf -> shelves.remove(shelf.appId(), shelf));
        }

        private void requirePresent() {
            if (!made.apply(appId).equals(identity)) {
                throw Refused.notFound("app not found");
            }
        }
    }
}
