package eu.sermas.bus.rest.access;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.rest.Platform;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a Mosquitto with go-auth asks, and what it is told.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoAuthTest {

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "talk   | auth    | | 201",
                "admin  | auth    | | 201",
                "broken | auth    | | 401",
                "-      | auth    | | 401",
                "talk   | auth/su | | 403",
                "admin  | auth/su | | 403",
                "talk   | acl | acc=4&clientid=c&topic=app%2Falpha%2Fdialogue%2F%23 | 201",
                "talk   | acl | acc=4&clientid=c&topic=%24share%2Fg%2Fapp%2Falpha%2Fdialogue%2F%23 | 201",
                "talk   | acl | acc=1&clientid=c&topic=app%2Falpha%2Fdialogue%2Fmessages | 201",
                "talk   | acl | acc=2&clientid=c&topic=app%2Falpha%2Fdialogue%2Fmessages | 201",
                "talk   | acl | acc=3&clientid=c&topic=app%2Falpha%2Fdialogue%2Fmessages | 201",
                "talk   | acl | acc=8&clientid=c&topic=app%2Fbeta%2Fdialogue%2Fmessages | 201",
                "talk   | acl | acc=4&clientid=c&topic=%23 | 403",
                "talk   | acl | acc=2&clientid=c&topic=app%2Fbeta%2Fdialogue%2Fmessages | 403",
                "talk   | acl | acc=2&clientid=c&topic=app%2Falpha%2Fui%2Fcontent | 403",
                "keeper | acl | acc=1&clientid=c&topic=app%2Falpha%2Fplatform%2Ftoken | 201",
                "keeper | acl | acc=3&clientid=c&topic=app%2Falpha%2Fplatform%2Ftoken | 403",
                "talk   | acl | {'acc':2,'clientid':'c','topic':'app/alpha/dialogue/x'} | 201",
                "talk   | acl | {'acc':2,'clientid':'c','topic':'app/alpha/ui/x'} | 403",
                "talk   | acl | {'acc':16,'topic':'app/alpha/dialogue/x'} | 400",
                "talk   | acl | {'acc':2,'topic':'app/+/x'} | 400",
                "talk   | acl | acc=2&topic=%zz | 400",
                "talk   | acl | | 400",
                "-      | acl | acc=2&clientid=c&topic=app%2Falpha%2Fdialogue%2Fx | 401"
            })
    void answers(String caller, String path, String body, int status) throws Exception {
        assertThat(
                        platform.as(caller, "POST", "/api/mqtt/" + path, body == null ? "" : body)
                                .statusCode())
                .isEqualTo(status);
    }
}
