package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.identity.VerifiedToken;
import eu.sermas.bus.rest.AppRecords.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AppRecordsTest {

    private static final int KIB = 1024;

    private final Caller client = caller(Principal.Kind.CLIENT, "client:A/kiosk", "A", Set.of());
    private final Caller visitor = caller(Principal.Kind.USER, "user:A/ann", "A", Set.of());
    private final Caller neighbour = caller(Principal.Kind.CLIENT, "client:B/kiosk", "B", Set.of());
    private final Caller admin =
            caller(Principal.Kind.USER, "user:/root", "", Set.of(Principal.PLATFORM_ADMIN));

    private final Shares shares = new Shares(16 * KIB * KIB, 2);
    private final AppRecords records = new AppRecords(shares);

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

    private AppRecords.Change put(Caller caller, String appId, String id, int bytes) {
        return records.put(caller, Kind.SESSION, appId, id, record(id, bytes));
    }

    @Test
    void aNewRecordIsToldFromAChangedOne() {
        assertThat(put(client, "A", "1", 0).isNew()).isTrue();
        assertThat(put(client, "A", "1", 1).isNew()).isFalse();
        assertThat(put(neighbour, "B", "1", 0).isNew()).isTrue();
    }

    @Test
    void isFoundInTheAppsOfTheCallerOnlyAndEverywhereByAnAdministrator() {
        put(neighbour, "B", "1", 0);
        assertThat(records.find(client, Kind.SESSION, "1", _ -> true)).isNull();
        assertThat(records.find(neighbour, Kind.SESSION, "1", _ -> true)).isNotNull();
        assertThat(records.find(admin, Kind.SESSION, "1", _ -> true)).isNotNull();
        assertThat(records.find(admin, Kind.SESSION, "1", _ -> false)).isNull();
    }

    @Test
    void searchesByTheFieldsThatAreAskedFor() {
        put(client, "A", "1", 0);
        put(client, "A", "2", 0);
        ObjectNode filter = Json.MAPPER.createObjectNode().put("userId", "u2").put("data", "y");
        List<JsonNode> found =
                records.search(Kind.SESSION, "A", filter, List.of("userId"), _ -> true);
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
            records.put(admin, Kind.SESSION, "A", "a" + i, record("a" + i, 100 * KIB));
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
            records.append(visitor, "A", record("noise", 0));
        }
        records.append(client, "A", record("word", 0));
        assertThat(records.of(Kind.MONITORING, "A", _ -> true))
                .hasSize(AppRecords.MAX_OF_VISITOR + 1);
    }

    @Test
    void monitoringGivesWayToRecordsAndToItself() {
        for (int i = 0; i < AppRecords.MAX_OF_APP; i++) {
            records.append(client, "A", record("m" + i, 100 * KIB));
        }
        List<AppRecords.Found> kept = records.of(Kind.MONITORING, "A", _ -> true);
        assertThat(kept).hasSizeBetween(20, 200);
        assertThat(kept.getLast().field("sessionId")).isEqualTo("m999");
        put(client, "A", "1", 200 * KIB);
        assertThat(records.of(Kind.MONITORING, "A", _ -> true)).hasSizeLessThan(kept.size());
    }

    @Test
    void whatIsRefusedToBeToldHasNotHappened() {
        put(client, "A", "1", 10);
        long before = shares.used();
        AppRecords.Change change = put(client, "A", "1", 20);
        AppRecords.Change another = put(client, "A", "2", 20);
        AppRecords.Change removed = Objects.requireNonNull(records.remove(Kind.SESSION, "A", "1"));
        Runnable refusal =
                () -> {
                    throw Refused.tooMany("no");
                };
        for (AppRecords.Change each : List.of(removed, another, change)) {
            assertThatThrownBy(() -> each.tell(refusal)).isInstanceOf(Refused.class);
        }
        assertThat(records.of(Kind.SESSION, "A", _ -> true))
                .singleElement()
                .satisfies(found -> assertThat(found.value()).isEqualTo(record("1", 10)));
        assertThat(shares.used()).isEqualTo(before);
    }

    @Test
    void nothingIsLeftOfAnAppThatIsForgotten() {
        put(client, "A", "1", 10);
        records.append(client, "A", record("m", 0));
        put(neighbour, "B", "1", 10);
        records.forget("A");
        assertThat(records.get(Kind.SESSION, "A", "1")).isNull();
        assertThat(records.of(Kind.MONITORING, "A", _ -> true)).isEmpty();
        assertThat(records.get(Kind.SESSION, "B", "1")).isNotNull();
        assertThat(shares.owners()).isEqualTo(1);
        assertThat(put(client, "A", "1", 10).isNew()).isTrue();
    }

    @Test
    void aShareIsGivenBackWithTheLastRecord() {
        put(client, "A", "1", 10);
        Objects.requireNonNull(records.remove(Kind.SESSION, "A", "1")).tell(() -> {});
        assertThat(shares.used()).isZero();
        assertThat(shares.owners()).isZero();
    }

    @Test
    void aRecordHasALimitOfItsOwn() {
        assertThatThrownBy(() -> put(client, "A", "1", AppRecords.MAX_BYTES))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("expected: at most 1048576 in one");
    }
}
