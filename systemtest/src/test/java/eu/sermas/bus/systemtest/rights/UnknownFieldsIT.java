package eu.sermas.bus.systemtest.rights;

import static eu.sermas.bus.systemtest.rights.RightsBus.NOT_AUTHORIZED;
import static eu.sermas.bus.systemtest.rights.RightsBus.publish;
import static eu.sermas.bus.systemtest.rights.RightsBus.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Fields that mean nothing are refused by their name, and what is left out gives nothing. What
/// existing clients are known to send is taken.
class UnknownFieldsIT {

    private static RightsBus bus;
    private static String appId;

    @BeforeAll
    static void start() {
        bus = RightsBus.start();
        appId = bus.app(Map.of("clients", List.of(RightsBus.client("kiosk", "ui"))));
    }

    @AfterAll
    static void stop() {
        bus.close();
    }

    /// @param body JSON, with single quotes for double ones; APP is the app
    private static String filled(String body) {
        return body.replace('\'', '"').replace("APP", appId);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | /api/platform/app/APP/client | {'clientId':'nop','permission':['ui']} | permission",
                "POST | /api/platform/app/APP/module | {'moduleId':'m','support':['ui']} | support",
                "POST | /api/app/admin/import | [{'appId':'x','name':'x','owner':'me'}] | [0].owner",
                "POST | /api/app/admin/import | [{'appId':'x','name':'x','members':['me']}] | [0].members",
                "POST | /api/app/admin/import | [{'appId':'x','name':'x','clients':[{'clientId':'c','grants':['ui']}]}] | [0].clients.[0].grants",
                "POST | /api/app/admin/import | [{'appId':'x','name':'x','modules':[{'moduleId':'m','permissions':['ui']}]}] | [0].modules[0].permissions",
                "POST | /api/app | {'name':'x','ownerID':'me'} | ownerID",
                "PUT | /api/app | {'appId':'APP','visibility':'public'} | visibility",
                "POST | /api/app/admin/remove | {'appID':'APP'} | appID",
                "POST | /api/platform/module | {'moduleId':'pm','url':'http://x'} | url",
                "POST | /api/auth/admin/user | {'username':'someone','password':'x','role':['platform-admin']} | role",
                "POST | /api/platform/revocation | {'type':'client','appId':'APP','client':'kiosk'} | client"
            })
    void anUnknownFieldIsNamed(String method, String path, String body, String field) {
        var answer =
                method.equals("PUT")
                        ? bus.admin.put(filled(path), filled(body))
                        : bus.admin.post(filled(path), filled(body));
        answer.expect(400);
        assertThat(answer.text("message")).startsWith(field + ": unknown field");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'clientId':'silent'}",
                "{'clientId':'empty','permissions':[]}",
            })
    void aClientOfWhichNothingIsSaidMayDoNothing(String body) {
        var made =
                bus.admin.post("/api/platform/app/" + appId + "/client", filled(body)).expect(201);
        var token = bus.bus.rest().token(appId, made.text("clientId"), made.text("secret"));
        var client = bus.connect(token);
        for (var topic : List.of("ui/content", "platform/token", "robotics/move")) {
            assertThat(publish(client, "app/" + appId + "/" + topic)).isEqualTo(NOT_AUTHORIZED);
            assertThat(subscribe(client, "app/" + appId + "/" + topic)).isEqualTo(NOT_AUTHORIZED);
        }
        assertThat(made.json().path("permissions")).isEmpty();
    }

    @Test
    void whatExistingClientsSendIsTaken() {
        var tokens =
                bus.bus
                        .rest()
                        .post(
                                "/api/platform/token",
                                Map.of(
                                        "appId",
                                        appId,
                                        "clientId",
                                        "kiosk",
                                        "clientSecret",
                                        RightsBus.SECRET))
                        .expect(201);
        var robot =
                Map.of(
                        "accessToken", tokens.text("access_token"),
                        "refreshToken", tokens.text("refresh_token"));
        var renewed = bus.bus.rest().post("/api/platform/token/refresh", robot).expect(201);
        var kiosk =
                Map.of(
                        "appId", appId,
                        "clientId", appId + "-kiosk",
                        "userId", "u",
                        "sessionId", "s",
                        "ts", "2026-01-01T00:00:00.000Z");
        bus.bus
                .rest()
                .as(renewed.text("access_token"))
                .post("/api/platform/token/refresh", kiosk)
                .expect(201);
        var account = bus.account();
        var login =
                Map.of(
                        "username",
                        account,
                        "password",
                        RightsBus.SECRET,
                        "ts",
                        "2026-01-01T00:00:00.000Z");
        bus.bus.rest().post("/api/auth/login", login).expect(201);
    }

    @Test
    void aWholeRecordOfAnAppIsTakenBack() {
        var id = RightsBus.name("whole");
        var record =
                """
                {'_id':'65','__v':0,'appId':'%s','public':false,'name':'n','description':'d',
                 'createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'2026-01-01T00:00:00.000Z',
                 'repository':{'avatars':[],'anything':1},'settings':{'login':false,'anything':{}},
                 'tools':[{'name':'t','anything':1}],'tasks':[{'anything':1}],'rag':{'anything':1},
                 'modules':[{'appId':'%s','moduleId':'m','status':'enabled','name':'n','supports':['ui'],
                   'config':{'anything':1}}],
                 'clients':[{'_id':'66','appId':'%s','clientId':'c','name':'n','permissions':['ui.content']}]}
                """
                        .formatted(id, id, id)
                        .replace('\'', '"');
        bus.admin.post("/api/app/admin/import", "[" + record + "]").expect(201);
        var whole = bus.admin.get("/api/app/" + id).expect(200);
        bus.admin.put("/api/app", whole.body()).expect(200);
        assertThat(bus.admin.get("/api/app/" + id).json().path("tasks")).hasSize(1);
    }
}
