package eu.sermas.bus.rest.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Standing;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.identity.VerifiedToken;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.relay.AppEvents.Operation;
import eu.sermas.bus.rest.relay.AppRecords.Kind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AppRecordsTest {

    private static final int KIB = 1024;

    private final Caller client = caller(Principal.Kind.CLIENT, "client:A/kiosk", "A", Set.of());
    private final Caller visitor = caller(Principal.Kind.USER, "user:A/ann", "A", Set.of());
    private final Caller neighbour = caller(Principal.Kind.CLIENT, "client:B/kiosk", "B", Set.of());
    private final Caller admin =
            caller(Principal.Kind.USER, "user:/root", "", Set.of(Principal.PLATFORM_ADMIN));

    private final Shares shares = new Shares(16 * KIB * KIB, 2);
    private final Map<String, String> made = new HashMap<>(Map.of("A", "first"));
    private final AppRecords records =
            new AppRecords(shares, appId -> made.getOrDefault(appId, ""));

    private static Caller caller(Principal.Kind kind, String id, String appId, Set<String> roles) {
        Set<String> apps = appId.isEmpty() ? Set.of() : Set.of(appId);
        AccessRights rights =
                appId.isEmpty()
                        ? AccessRights.platformAdmin(null, null)
                        : AccessRights.granted(apps, Grants.of(List.of("session", "xr")), null);
        Principal principal = new Principal(kind, id, apps, null, null, "", roles);
        return new Caller(
                new VerifiedToken(new Login(principal, rights, Long.MAX_VALUE, ""), "{}"));
    }

    private static ObjectNode record(String id, int bytes) {
        return Json.MAPPER
                .createObjectNode()
                .put("sessionId", id)
                .put("userId", "u" + id)
                .put("data", "x".repeat(bytes));
    }

    private AppRecords.OfApp of(Caller caller, String appId) {
        return records.of(caller, Access.SESSION_SESSION, appId);
    }

    private AppRecords.Change put(Caller caller, String appId, String id, int bytes) {
        return of(caller, appId).put(caller, Kind.SESSION, id, record(id, bytes));
    }

    private List<AppRecords.Found> monitoring() {
        return of(admin, "A").all(Kind.MONITORING, _ -> true);
    }

    @Test
    void aNewRecordIsToldFromAChangedOne() {
        assertThat(put(client, "A", "1", 0).operation()).isEqualTo(Operation.CREATED);
        assertThat(put(client, "A", "1", 1).operation()).isEqualTo(Operation.UPDATED);
        assertThat(put(neighbour, "B", "1", 0).operation()).isEqualTo(Operation.CREATED);
    }

    @Test
    void isFoundInTheAppsOfTheCallerOnlyAndEverywhereByAnAdministrator() {
        put(neighbour, "B", "1", 0);
        assertThat(records.with(client, Access.SESSION_SESSION, Kind.SESSION, "1")).isNull();
        assertThat(records.with(neighbour, Access.SESSION_SESSION, Kind.SESSION, "1")).isNotNull();
        assertThat(records.with(neighbour, Access.XR_MARKER, Kind.SESSION, "1")).isNotNull();
        assertThat(records.with(neighbour, Access.UI_CONTENT, Kind.SESSION, "1")).isNull();
        assertThat(records.with(admin, Access.SESSION_SESSION, Kind.SESSION, "1")).isNotNull();
    }

    @Test
    void searchesByTheFieldsThatAreAskedFor() {
        put(client, "A", "1", 0);
        put(client, "A", "2", 0);
        ObjectNode filter = Json.MAPPER.createObjectNode().put("userId", "u2").put("data", "y");
        List<JsonNode> found =
                of(client, "A").search(Kind.SESSION, filter, List.of("userId"), _ -> true);
        assertThat(new String(Json.write(found), StandardCharsets.UTF_8))
                .isEqualTo("[{\"sessionId\":\"2\",\"userId\":\"u2\",\"data\":\"\"}]");
    }

    @Test
    void oneAppTakesWhatIsCommonAndNoMore() {
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < AppRecords.MAX_OF_APP; i++) {
                                put(client, "A", "" + i, 100 * KIB);
                            }
                        })
                .isInstanceOf(Refused.class)
                .hasMessageContaining("limits.records.total-bytes");
        long greedy = shares.used();
        for (int i = 0; i < 20; i++) {
            put(neighbour, "B", "" + i, 100 * KIB);
            put(admin, "A", "a" + i, 100 * KIB);
        }
        assertThat(shares.used()).isGreaterThan(greedy + 4 * KIB * KIB - 100 * KIB);
        assertThat(shares.used()).isLessThanOrEqualTo(shares.total());
    }

    @Test
    void oneVisitorLeavesPlacesToOthers() {
        for (int i = 0; i < AppRecords.MAX_OF_VISITOR; i++) {
            put(visitor, "A", "v" + i, 0);
        }
        assertThatThrownBy(() -> put(visitor, "A", "more", 0))
                .isInstanceOf(Refused.class)
                .hasMessage("sessions: more than 100 of one user");
        put(visitor, "A", "v1", 1);
        put(client, "A", "c", 0);
        for (int i = 0; i < 3 * AppRecords.MAX_OF_VISITOR; i++) {
            of(visitor, "A").append(visitor, record("noise", 0));
        }
        of(client, "A").append(client, record("word", 0));
        assertThat(monitoring()).hasSize(AppRecords.MAX_OF_VISITOR + 1);
    }

    @Test
    void monitoringGivesWayToRecordsAndToItself() {
        for (int i = 0; i < AppRecords.MAX_OF_APP; i++) {
            of(client, "A").append(client, record("m" + i, 100 * KIB));
        }
        List<AppRecords.Found> kept = monitoring();
        assertThat(kept).hasSizeBetween(20, 200);
        assertThat(kept.getLast().field("sessionId")).isEqualTo("m999");
        put(client, "A", "1", 200 * KIB);
        assertThat(monitoring()).hasSizeLessThan(kept.size());
    }

    @Test
    void whatIsRefusedToBeToldHasNotHappened() {
        put(client, "A", "1", 10);
        long before = shares.used();
        AppRecords.Change change = put(client, "A", "1", 20);
        AppRecords.Change another = put(client, "A", "2", 20);
        AppRecords.Change removed =
                Objects.requireNonNull(of(client, "A").remove(Kind.SESSION, "1"));
        Runnable refusal =
                () -> {
                    throw Refused.tooMany("no");
                };
        for (AppRecords.Change each : List.of(removed, another, change)) {
            assertThatThrownBy(() -> each.tell(refusal)).isInstanceOf(Refused.class);
        }
        assertThat(of(client, "A").all(Kind.SESSION, _ -> true))
                .singleElement()
                .satisfies(found -> assertThat(found.value()).isEqualTo(record("1", 10)));
        assertThat(shares.used()).isEqualTo(before);
    }

    @Test
    void nothingIsLeftOfAnAppThatIsForgotten() {
        put(client, "A", "1", 10);
        of(client, "A").append(client, record("m", 0));
        put(neighbour, "B", "1", 10);
        records.forget("A");
        assertThat(of(client, "A").get(Kind.SESSION, "1")).isNull();
        assertThat(monitoring()).isEmpty();
        assertThat(of(neighbour, "B").get(Kind.SESSION, "1")).isNotNull();
        assertThat(shares.owners()).isEqualTo(1);
        assertThat(put(client, "A", "1", 10).operation()).isEqualTo(Operation.CREATED);
    }

    @Test
    void aShareIsGivenBackWithTheLastRecord() {
        put(client, "A", "1", 10);
        Objects.requireNonNull(of(client, "A").remove(Kind.SESSION, "1")).tell(() -> {});
        assertThat(shares.used()).isZero();
        assertThat(shares.owners()).isZero();
    }

    @Test
    void aRecordHasALimitOfItsOwn() {
        assertThatThrownBy(() -> put(client, "A", "1", AppRecords.MAX_BYTES))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("expected: at most 1048576 in one");
    }

    /// A request that has begun in the app that was, and ends when another one has its id; by an
    /// administrator, whose rights do not end with an app.
    @Test
    void aRequestInWorkNeitherSeesNorLeavesAnythingInTheNextAppOfThisId() {
        put(client, "A", "hers", 10);
        AppRecords.OfApp before = of(admin, "A");
        made.remove("A");
        records.forget("A");
        assertThatThrownBy(() -> before.put(admin, Kind.SESSION, "late", record("late", 10)))
                .isInstanceOf(Refused.class)
                .hasMessage("app not found");
        assertThat(shares.used()).isZero();
        assertThat(shares.owners()).isZero();

        made.put("A", "second");
        put(client, "A", "his", 10);
        assertThat(before.get(Kind.SESSION, "his")).isNull();
        assertThat(before.all(Kind.SESSION, _ -> true)).isEmpty();
        assertThat(before.remove(Kind.SESSION, "his")).isNull();
        assertThatThrownBy(() -> before.append(admin, record("late", 10)))
                .isInstanceOf(Refused.class);
        assertThat(of(client, "A").all(Kind.SESSION, _ -> true)).hasSize(1);
    }

    /// What somebody left under an id that nobody had, such as another issuer's.
    @Test
    void whatWasThereBeforeAnAppIsNotItsOwn() {
        put(neighbour, "B", "early", 10);
        made.put("B", "first");
        assertThat(of(neighbour, "B").get(Kind.SESSION, "early")).isNull();
        put(neighbour, "B", "own", 10);
        assertThat(of(neighbour, "B").all(Kind.SESSION, _ -> true)).hasSize(1);
        assertThat(shares.owners()).isEqualTo(1);
    }

    @Test
    void whoIsNoMoreIsRefusedThoughTheyHadTheRightWhenTheRequestCame() {
        AtomicLong edition = new AtomicLong();
        AccessRights rights =
                AccessRights.granted(
                        Set.of("A"),
                        Grants.of(List.of("session")),
                        null,
                        Standing.of(edition::get, () -> null));
        Principal principal = client.principal();
        Caller caller =
                new Caller(
                        new VerifiedToken(new Login(principal, rights, Long.MAX_VALUE, ""), "{}"));
        assertThat(put(caller, "A", "1", 10).operation()).isEqualTo(Operation.CREATED);
        edition.incrementAndGet();
        assertThatThrownBy(() -> of(caller, "A"))
                .isInstanceOf(Refused.class)
                .hasMessage("Unauthorized");
    }
}
