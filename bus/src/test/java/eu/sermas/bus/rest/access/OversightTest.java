package eu.sermas.bus.rest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.rest.Platform;
import eu.sermas.bus.rest.http.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What users find out about decisions: why, what was refused lately, which grants nobody uses.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OversightTest {

    private static final String EXPLAIN = "/api/access/explain";

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "publish   | app/alpha/dialogue/messages/s | true  | grant          | dialogue",
                "publish   | app/alpha/ui/content          | false | missing-grant  | ui.content",
                "publish   | app/beta/dialogue/messages/s  | false | other-app      | -",
                "publish   | system/x                      | false | system-topic   | -",
                "publish   | elsewhere                     | false | topic-form     | -",
                "subscribe | app/alpha/dialogue/#          | true  | grant          | dialogue",
                "subscribe | app/alpha/#                   | false | missing-grant  | *",
                "subscribe | app/+/dialogue/messages/s     | false | all-apps       | -",
                "receive   | app/alpha/dialogue/messages/s | true  | grant          | dialogue",
                "receive   | app/alpha/access/denied       | false | missing-grant  | access.denied"
            })
    void explainsToAClientItsOwnRights(
            String action, String topic, boolean allowed, String rule, String grant)
            throws Exception {
        HttpResponse<String> answer =
                platform.as(
                        "talk",
                        "POST",
                        EXPLAIN,
                        "{'action':'" + action + "','topic':'" + topic + "'}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonNode decision = json(answer);
        assertThat(decision.get("allowed").asBoolean()).isEqualTo(allowed);
        assertThat(decision.get("rule").asText()).isEqualTo(rule);
        assertThat(decision.path("grant").asText("-")).isEqualTo(grant);
        assertThat(decision.has("reason")).isEqualTo(!allowed);
        assertThat(decision.get("principal").asText()).isEqualTo("client:alpha/talk");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "full   | 'appId':'alpha','clientId':'talk'     | 201",
                "full   | 'appId':'alpha','clientId':'alpha-talk' | 201",
                "admin  | 'appId':'beta','clientId':'talk'      | 201",
                "admin  | 'principal':'client:beta/talk'        | 201",
                "talk   | 'principal':'client:alpha/talk'       | 201",
                "talk   | 'appId':'alpha','clientId':'full'     | 403",
                "keeper | 'appId':'alpha','clientId':'full'     | 403",
                "full   | 'appId':'beta','clientId':'talk'      | 403",
                "full   | 'principal':'client:beta/talk'        | 403",
                "full   | 'principal':'client:beta/nobody'      | 403",
                "admin  | 'principal':'client:beta/nobody'      | 404",
                "full   | 'appId':'alpha','clientId':'nobody'   | 404",
                "full   | 'clientId':'talk'                     | 400",
                "-      | 'appId':'alpha','clientId':'talk'     | 401",
                "broken | 'appId':'alpha','clientId':'talk'     | 401"
            })
    void aboutOthersOnlyTheirOwnerMayAsk(String caller, String who, int status) throws Exception {
        String body = "{" + who + ",'action':'publish','topic':'app/alpha/ui/content'}";
        HttpResponse<String> answer = platform.as(caller, "POST", EXPLAIN, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    }

    @Test
    void anExplanationDoesNotTellStrangersWhoExists() throws Exception {
        HttpResponse<String> known = aboutPrincipal("client:alpha/full");
        assertThat(known.statusCode()).isEqualTo(403);
        for (String nobody : List.of("client:alpha/nobody", "client:nothing/full", "user:nobody")) {
            HttpResponse<String> unknown = aboutPrincipal(nobody);
            assertThat(unknown.statusCode()).isEqualTo(403);
            assertThat(unknown.body()).isEqualTo(known.body());
            assertThat(unknown.headers().allValues("WWW-Authenticate"))
                    .isEqualTo(known.headers().allValues("WWW-Authenticate"));
        }
    }

    private HttpResponse<String> aboutPrincipal(String principal) throws Exception {
        return platform.as(
                "talk",
                "POST",
                EXPLAIN,
                "{'principal':'%s','action':'publish','topic':'a'}".formatted(principal));
    }

    @Test
    void aTokenInTheBodyNeedsNoOther() throws Exception {
        String token = platform.token("alpha", "talk");
        String question = "{'token':'%s','action':'publish','topic':'app/alpha/ui/content'}";
        JsonNode decision = json(platform.as("-", "POST", EXPLAIN, question.formatted(token)));
        assertThat(decision.get("grant").asText()).isEqualTo("ui.content");
        JsonNode refused = json(platform.as("-", "POST", EXPLAIN, question.formatted("e30.e30.x")));
        assertThat(refused.get("allowed").asBoolean()).isFalse();
        assertThat(refused.get("rule").asText()).isEqualTo("credentials");
        assertThat(refused.get("reason").asText()).startsWith("token: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'action':'publish'}                    | topic missing",
                "{'action':'publish','topic':'a/+'}      | *topic name: contains '+'",
                "{'action':'subscribe','filter':'a/#/b'} | *topic filter: 'a/#/b'",
                "{'topic':'a'}        | action: expected publish, subscribe or receive",
                "{'topic':'a','action':'dance'} | action: expected publish, subscribe or receive"
            })
    void aQuestionThatIsNoneIsRefused(String body, String message) throws Exception {
        HttpResponse<String> answer = platform.as("talk", "POST", EXPLAIN, body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("message").asText()).startsWith(message.replace("*", ""));
    }

    @Test
    void theOwnerSeesWhatWasRefused() throws Exception {
        platform.denials.accept(
                new Denial(
                        Denial.Action.PUBLISH,
                        "alpha",
                        "client:alpha/talk",
                        "mqttjs_1",
                        "app/alpha/ui/content",
                        Rule.MISSING_GRANT,
                        "missing grant: ui.content",
                        1));
        await().until(
                        () ->
                                platform.denials.recent("alpha").stream()
                                        .anyMatch(denied -> denied.action().equals("publish")));
        JsonNode shown = json(platform.as("full", "GET", "/api/app/alpha/denials", ""));
        JsonNode denial = publication(shown.get("denials"));
        assertThat(denial.get("reason").asText()).isEqualTo("missing grant: ui.content");
        assertThat(denial.get("rule").asText()).isEqualTo("missing-grant");
        assertThat(denial.get("count").asInt()).isEqualTo(1);
        for (String caller : new String[] {"talk", "keeper"}) {
            assertThat(platform.as(caller, "GET", "/api/app/alpha/denials", "").statusCode())
                    .isEqualTo(403);
        }
        assertThat(platform.as("full", "GET", "/api/app/beta/denials", "").statusCode())
                .isEqualTo(403);
    }

    /// What other tests call in vain is there too.
    private static JsonNode publication(JsonNode denials) {
        for (JsonNode denial : denials) {
            if (denial.get("action").asText().equals("publish")) {
                return denial;
            }
        }
        throw new AssertionError("no publication in " + denials);
    }

    @Test
    void theOwnerHearsOfRefusalsAsTheyHappen() throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://localhost:"
                                                + platform.server.port()
                                                + "/api/app/beta/denials"))
                        .header("Accept", "text/event-stream")
                        .header("Authorization", "Bearer " + platform.token("beta", "full"))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<Stream<String>> answer =
                    http.send(request, HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.statusCode()).isEqualTo(200);
            platform.denials.accept(
                    new Denial(
                            Denial.Action.SUBSCRIBE,
                            "beta",
                            "client:beta/talk",
                            "mqttjs_2",
                            "app/beta/ui/#",
                            Rule.MISSING_GRANT,
                            "missing grant: ui",
                            1));
            try (Stream<String> lines = answer.body()) {
                String data =
                        lines.filter(line -> line.startsWith("data: {")).findFirst().orElseThrow();
                assertThat(Json.MAPPER.readTree(data.substring("data: ".length())).get("reason"))
                        .hasToString("\"missing grant: ui\"");
            }
            http.shutdownNow();
        }
    }

    @Test
    void grantsThatNobodyHasUsedAreShown() throws Exception {
        JsonNode unused =
                json(platform.as("admin", "GET", "/api/app/beta/access/unused", "")).get("unused");
        assertThat(unused.get("talk").get(0).asText()).isEqualTo("dialogue");
        assertThat(unused.get("keeper").get(0).asText()).isEqualTo("platform.*");
        assertThat(platform.as("talk", "GET", "/api/app/alpha/access/unused", "").statusCode())
                .isEqualTo(403);
        assertThat(platform.as("admin", "GET", "/api/app/none/access/unused", "").statusCode())
                .isEqualTo(404);
    }
}
