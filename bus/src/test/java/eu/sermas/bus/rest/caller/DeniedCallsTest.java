package eu.sermas.bus.rest.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.audit.Denied;
import eu.sermas.bus.rest.Platform;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is refused over HTTP is told to the owner of the app concerned, and to nobody else's.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeniedCallsTest {

    private final List<Denied> told = new CopyOnWriteArrayList<>();
    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
        platform.denials.listen(told::add);
    }

    /// The first of a kind is told at once, so each row is of a kind of its own.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "talk | GET | /api/app/alpha | | call | alpha | client:alpha/talk | - |"
                        + " GET /api/app/alpha | missing-grant | missing grant: platform.app",
                "keeper | GET | /api/app/beta?token=x | | call | alpha | client:alpha/keeper | - |"
                        + " GET /api/app/beta | other-app | *",
                "keeper | POST | /api/auth/admin/user | {} | call | alpha | client:alpha/keeper | - |"
                        + " POST /api/auth/admin/user | missing-role | missing role: platform-admin",
                "broken | GET | /api/auth/whoami | | call | - | - | - | GET /api/auth/whoami |"
                        + " credentials | token: not a signed JSON Web Token",
                "- | GET | /api/auth/whoami | | call | - | - | - | GET /api/auth/whoami |"
                        + " credentials | no Bearer token",
                "- | POST | /api/platform/token |"
                        + " {'appId':'beta','clientId':'beta-talk','clientSecret':'wrong-secret'} |"
                        + " login | beta | - | talk | 127.0.0.1 | credentials |"
                        + " client secret or token: not accepted",
                "- | POST | /api/platform/token |"
                        + " {'appId':'beta','clientId':'nobody','clientSecret':'wrong-secret'} |"
                        + " call | - | - | - | POST /api/platform/token | credentials |"
                        + " client secret or token: not accepted",
                "talk | POST | /api/platform/token | {'appId':'beta','clientId':'full'} |"
                        + " call | - | - | - | POST /api/platform/token | missing-grant |"
                        + " topic of another app: beta",
                "- | POST | /api/platform/token/refresh |"
                        + " {'appId':'beta','clientId':'full','clientSecret':'wrong-secret'} |"
                        + " login | beta | - | full | 127.0.0.1 | credentials |"
                        + " refresh token, client secret or token: not accepted",
                "- | POST | /api/auth/login |"
                        + " {'username':'carol','password':'wrong-secret','appId':'beta'} |"
                        + " login | beta | - | application | 127.0.0.1 | credentials |"
                        + " user name or password: not accepted"
            })
    void aRefusalIsTold(
            String caller,
            String method,
            String path,
            String body,
            String action,
            String appId,
            String principal,
            String client,
            String subject,
            String rule,
            String reason)
            throws Exception {
        told.clear();
        platform.as(caller, method, path, body == null ? "" : body);
        await().until(() -> !told.isEmpty());
        Denied denied = told.getFirst();
        assertThat(denied.action()).isEqualTo(action);
        assertThat(denied.appId() == null ? "-" : denied.appId()).isEqualTo(appId);
        assertThat(orDash(denied.principal())).isEqualTo(principal);
        assertThat(orDash(denied.client())).isEqualTo(client);
        boolean isLogin = action.equals("login");
        assertThat(isLogin ? denied.address() : denied.topic()).isEqualTo(subject);
        assertThat(denied.rule()).isEqualTo(rule);
        assertThat(denied.reason()).startsWith(reason.replace("*", ""));
        assertThat(told.toString()).doesNotContain("wrong-secret").doesNotContain("e30");
        assertThat(told).hasSize(1);
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    @Test
    void whatTheBrokerRefusesIsToldOnce() throws Exception {
        told.clear();
        platform.broker.reportDenials(platform.denials);
        platform.as("talk", "POST", "/api/events/app/alpha/ui/content", "{}");
        platform.as("talk", "GET", "/api/app/alpha/settings/none", "");
        await().until(() -> !told.isEmpty());
        assertThat(told).extracting(Denied::action).containsExactly("publish");
    }

    @Test
    void manyOfAKindAreTwoLines() throws Exception {
        told.clear();
        for (int i = 0; i < 20; i++) {
            platform.as(
                    "-",
                    "POST",
                    "/api/platform/token",
                    "{'appId':'alpha','clientId':'full','clientSecret':'wrong" + i + "'}");
        }
        await().until(() -> !told.isEmpty());
        assertThat(told).hasSize(1);
        assertThat(platform.denials.recent("alpha"))
                .filteredOn(denied -> denied.client().equals("full"))
                .hasSize(1);
    }
}
