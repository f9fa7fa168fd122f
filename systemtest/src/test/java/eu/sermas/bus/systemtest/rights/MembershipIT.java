package eu.sermas.bus.systemtest.rights;

import static eu.sermas.bus.systemtest.rights.RightsBus.NOT_AUTHORIZED;
import static eu.sermas.bus.systemtest.rights.RightsBus.assertForbidden;
import static eu.sermas.bus.systemtest.rights.RightsBus.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.Answer;
import eu.sermas.bus.systemtest.Rest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Accounts that have nothing to do with an app: they get in where the app invites them, and see
/// and end sessions of their own. Members, whom the owner names, see all of them.
class MembershipIT {

    private static RightsBus bus;

    private String owner;
    private String somebody;
    private String closed;
    private String inviting;

    @BeforeAll
    static void start() {
        bus = RightsBus.start();
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    @BeforeEach
    void makeApps() {
        owner = bus.account();
        somebody = bus.account();
        var ownerId = bus.idOf(owner);
        closed = bus.app(Map.of("ownerId", ownerId));
        inviting = bus.app(Map.of("ownerId", ownerId, "settings", Map.of("login", true)));
    }

    private Rest in(String appId, String account) {
        return as(bus.login(account, appId));
    }

    private static Rest as(Answer login) {
        return bus.bus.rest().as(login.expect(201).text("access_token"));
    }

    private static Answer session(Rest caller, String appId, Map<String, Object> more) {
        var body = new HashMap<String, Object>(Map.of("appId", appId, "agentId", "a"));
        body.putAll(more);
        return caller.post("/api/session", body);
    }

    @Test
    void nobodyEntersAnAppThatDoesNotInviteThem() {
        bus.login(somebody, closed).expect(401);
        var composite =
                Map.of(
                        "username",
                        somebody,
                        "password",
                        RightsBus.SECRET,
                        "clientId",
                        closed + "-application");
        bus.bus.rest().post("/api/auth/login", composite).expect(401);
        bus.login(owner, closed).expect(201);
        bus.login(somebody, inviting).expect(201);
        bus.login(somebody, bus.app(Map.of("public", true))).expect(201);
        assertThat(bus.login(somebody, closed).body())
                .isEqualTo(bus.login(somebody, "no-such-app").body());
    }

    @Test
    void aVisitorSeesChangesAndEndsSessionsOfTheirOwn() {
        var visitor = in(inviting, somebody);
        var theirs = session(in(inviting, owner), inviting, Map.of()).expect(201).text("sessionId");

        visitor.get("/api/session/" + theirs).expect(404);
        visitor.delete("/api/session/" + theirs).expect(404);
        visitor.put("/api/session", Map.of("appId", inviting, "sessionId", theirs, "agentId", "b"))
                .expect(404);
        assertForbidden(session(visitor, inviting, Map.of("sessionId", theirs)));
        assertThat(visitor.post("/api/session/search/" + inviting, Map.of()).expect(201).json())
                .isEmpty();

        var stolen = Map.<String, Object>of("userId", bus.idOf(owner));
        var mine = session(visitor, inviting, stolen).expect(201);
        assertThat(mine.text("userId")).isEqualTo(bus.idOf(somebody));
        var id = mine.text("sessionId");
        visitor.get("/api/session/" + id).expect(200);
        visitor.get("/api/session/user/" + inviting).expect(200);
        assertThat(visitor.post("/api/session/search/" + inviting, Map.of()).json()).hasSize(1);
        var given = Map.of("appId", inviting, "sessionId", id, "userId", bus.idOf(owner));
        assertThat(visitor.put("/api/session", given).expect(200).text("userId"))
                .isEqualTo(bus.idOf(somebody));
        visitor.delete("/api/session/" + id).expect(200);
        in(inviting, owner).get("/api/session/" + theirs).expect(200);
    }

    @Test
    void aVisitorHearsOfTheFirstSessionOfTheirLoginAndOfNoOther() {
        var login = bus.login(somebody, inviting);
        var client = bus.connect(login.expect(201).text("access_token"));
        var changed = "app/" + inviting + "/session/session/changed/";
        for (var filter :
                List.of(
                        changed + "+",
                        changed + "another",
                        "app/" + inviting + "/session/#",
                        "app/" + inviting + "/auth/login",
                        "app/" + inviting + "/ui/content")) {
            assertThat(subscribe(client, filter)).as(filter).isEqualTo(NOT_AUTHORIZED);
        }
        assertThat(subscribe(client, changed + login.text("session_state"))).isLessThan(0x80);

        session(in(inviting, owner), inviting, Map.of()).expect(201);
        session(as(login), inviting, Map.of()).expect(201);

        var event = client.expectPublish();
        assertThat(event.topic()).isEqualTo(changed + login.text("session_state"));
        client.expectNothing();
    }

    @Test
    void aMemberSeesAllSessionsUntilTheyAreNoMemberAnyMore() {
        var members = "/api/app/" + closed + "/member";
        var asOwner = in(closed, owner);
        asOwner.put(members + "/" + somebody, Map.of()).expect(200);
        assertThat(asOwner.get(members).expect(200).json())
                .singleElement()
                .satisfies(
                        one -> {
                            assertThat(one.path("username").asText()).isEqualTo(somebody);
                            assertThat(one.path("userId").asText()).isEqualTo(bus.idOf(somebody));
                        });

        var login = bus.login(somebody, closed);
        var client = bus.connect(login.expect(201).text("access_token"));
        assertThat(subscribe(client, "app/" + closed + "/session/session/changed/+"))
                .isLessThan(0x80);
        var theirs = session(asOwner, closed, Map.of()).expect(201).text("sessionId");
        as(login).get("/api/session/" + theirs).expect(200);
        client.expectPublish();

        asOwner.delete(members + "/" + bus.idOf(somebody)).expect(200);

        client.expectDisconnect(NOT_AUTHORIZED);
        as(login).get("/api/session/" + theirs).expect(401);
        var refresh = Map.of("refreshToken", login.text("refresh_token"));
        bus.bus.rest().post("/api/auth/refresh", refresh).expect(401);
        bus.login(somebody, closed).expect(401);
        asOwner.delete(members + "/" + somebody).expect(404);
    }

    @Test
    void onlyTheOwnerAndAnAdministratorNameMembers() {
        var members = "/api/app/" + inviting + "/member/" + somebody;
        assertForbidden(in(inviting, somebody).put(members, Map.of()));
        assertForbidden(in(inviting, somebody).get("/api/app/" + inviting + "/member"));
        var other = bus.app(Map.of("clients", List.of(RightsBus.client("all", "*"))));
        assertForbidden(
                bus.as(other, "all").put("/api/app/" + other + "/member/" + somebody, Map.of()));
        assertForbidden(in(inviting, somebody).get("/api/app/no-such-app/member"));
        bus.admin.put(members, Map.of()).expect(200);
        bus.admin.put("/api/app/" + inviting + "/member/nobody-at-all", Map.of()).expect(404);
    }

    @Test
    void visitorsAreOutWhenTheyAreInvitedNoMore() {
        var login = bus.login(somebody, inviting);
        var client = bus.connect(login.expect(201).text("access_token"));
        in(inviting, owner)
                .put("/api/app/" + inviting + "/settings", Map.of("login", false))
                .expect(200);
        client.expectDisconnect(NOT_AUTHORIZED);
        as(login).get("/api/auth/whoami").expect(401);
    }

    @Test
    void openMembershipIsSaidAtTheStart() {
        try (var open = RightsBus.start("identity.open-membership=true")) {
            var appId = open.app(Map.of());
            var account = open.account();
            var login = open.login(account, appId);
            var client = open.connect(login.expect(201).text("access_token"));
            assertThat(subscribe(client, "app/" + appId + "/session/session/changed/+"))
                    .isLessThan(0x80);
            assertThat(open.bus.printed())
                    .contains("identity.open-membership: every account is a member of every app");
        }
    }
}
