package eu.sermas.bus.rest.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.audit.AuditEntry;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.Platform;
import eu.sermas.bus.rest.http.Json;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who sees which sessions and retained messages, and what becomes of those that are ended. There
/// are sessions `a-full`, `a-talk` and `b-talk` of clients of the apps `alpha` and `beta`.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveStateTest {

    private static final String SESSIONS = "/api/mqtt/session";

    @AutoClose private Platform platform;
    private LocalClient talk;
    private LocalClient beta;

    @BeforeAll
    void start() throws Exception {
        platform = new Platform();
        connect("alpha", "full", "a-full", new Ends());
        talk = connect("alpha", "talk", "a-talk", new Ends());
        beta = connect("beta", "talk", "b-talk", new Ends());
        talk.subscribe(List.of(TopicFilter.of("app/alpha/dialogue/messages/+")))
                .toCompletableFuture()
                .join();
        beta.subscribe(List.of(TopicFilter.of("app/beta/dialogue/#"))).toCompletableFuture().join();
        retain("app/alpha/dialogue/messages/s", "{\"text\":\"hello\"}");
        retain("app/alpha/ui/content", "plain");
        retain("app/beta/ui/content", "of another");
    }

    /// How connections were ended.
    private static final class Ends implements LocalClient.Listener {

        private final List<ReasonCode> reasons = new CopyOnWriteArrayList<>();

        @Override
        public void received(Message message, boolean retained) {}

        @Override
        public void dropped(TopicFilter filter, String reason) {}

        @Override
        public void ended(ReasonCode reason, String reasonString) {
            reasons.add(reason);
        }
    }

    private LocalClient connect(String appId, String client, String clientId, Ends ends)
            throws Exception {
        Login login = platform.identity.verifier().verify(platform.token(appId, client)).login();
        return platform.broker.connectLocally(clientId, login, ends).toCompletableFuture().join();
    }

    private void retain(String topic, String payload) {
        Message message =
                new Message(
                        Topic.of(topic),
                        payload.getBytes(StandardCharsets.UTF_8),
                        QoS.AT_LEAST_ONCE,
                        true,
                        Properties.NONE,
                        Message.NEVER);
        platform.broker.publish(message).toCompletableFuture().join();
    }

    private JsonNode get(String caller, String path, int status) throws Exception {
        return json(platform.as(caller, "GET", path, ""), status);
    }

    private static JsonNode json(HttpResponse<String> answer, int status) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return Json.MAPPER.readTree(answer.body().isEmpty() ? "null" : answer.body());
    }

    private static List<String> texts(JsonNode array, String field) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.path(field).asText()));
        return texts;
    }

    private String idOf(String clientId) throws Exception {
        JsonNode sessions = get("admin", SESSIONS + "?clientId=" + clientId, 200).path("sessions");
        assertThat(sessions).hasSize(1);
        return sessions.get(0).path("id").asText();
    }

    @ParameterizedTest
    @CsvSource({
        "admin, , witness a-full a-talk b-talk",
        "admin, ?appId=beta, b-talk",
        "admin, ?search=TALK, a-talk b-talk",
        "admin, ?connected=false, ''",
        "admin, ?transport=tcp, ''",
        "admin, ?transport=http&principal=client:alpha/full, a-full",
        "admin, ?unknown=x&clientId=a-talk, a-talk",
        "full, , a-full a-talk",
        "full, ?appId=beta, ''",
        "full, ?clientId=b-talk, ''",
        "talk, , a-talk",
        "talk, ?clientId=a-full, ''",
        "keeper, , ''",
        "carol, , ''",
    })
    void everybodySeesTheirOwnAndOwnersThoseOfTheirApp(String caller, String query, String seen)
            throws Exception {
        JsonNode page = get(caller, SESSIONS + (query == null ? "" : query), 200);
        List<String> expected = Arrays.stream(seen.split(" ")).filter(id -> !id.isEmpty()).toList();
        assertThat(texts(page.path("sessions"), "clientId"))
                .filteredOn(id -> !id.startsWith("http-") && !id.startsWith("ending"))
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(page.has("next")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "-, 401",
        "broken, 401",
        "admin, 200",
        "full, 200",
        "talk, 200",
        "keeper, 404",
        "carol, 404"
    })
    void whatIsNotToBeSeenIsNotThere(String caller, int status) throws Exception {
        get(caller, SESSIONS + "/" + idOf("a-talk"), status);
        for (String gone : List.of("none", "0-1-none", idOf("a-talk") + "x", "zzzzzz-1-1")) {
            if (status < 400 || status == 404) {
                get(caller, SESSIONS + "/" + gone, 404);
            }
        }
    }

    @Test
    void aSessionSaysWhatItIs() throws Exception {
        var _ =
                talk.subscribe(List.of(TopicFilter.of("app/alpha/ui/#")))
                        .toCompletableFuture()
                        .join();
        JsonNode details = get("talk", SESSIONS + "/" + idOf("a-talk"), 200);
        JsonNode session = details.path("session");
        assertThat(session.path("principal").asText()).isEqualTo("client:alpha/talk");
        assertThat(texts(details.path("filters"), "filter"))
                .containsExactly("app/alpha/dialogue/messages/+");
        assertThat(session.path("apps")).hasSize(1);
        assertThat(session.path("transport").asText()).isEqualTo("http");
        assertThat(session.path("version").asText()).isEqualTo("5");
        assertThat(session.path("subscriptions").asInt()).isEqualTo(1);
        assertThat(session.path("since").asText()).endsWith("Z");
        assertThat(session.path("tokenExpires").asText()).endsWith("Z");
        assertThat(session.path("sent").path("messages").asInt()).isPositive();
        assertThat(details.path("memory").asLong()).isPositive();
        await().untilAsserted(
                        () -> {
                            JsonNode now = get("full", SESSIONS + "/" + idOf("a-talk"), 200);
                            JsonNode refusal = now.path("session").path("lastRefusal");
                            assertThat(refusal.path("action").asText()).isEqualTo("subscribe");
                            assertThat(refusal.path("topic").asText()).isEqualTo("app/alpha/ui/#");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/mqtt/session?limit=0",
                "/api/mqtt/session?limit=1001",
                "/api/mqtt/session?limit=x",
                "/api/mqtt/session?cursor=x",
                "/api/mqtt/session?cursor=0-1-1",
                "/api/mqtt/session?connected=yes",
                "/api/mqtt/session?transport=udp",
                "/api/mqtt/subscription",
                "/api/mqtt/subscription?topic=a/%2B",
                "/api/mqtt/retained",
                "/api/mqtt/retained?filter=a/%23/b",
                "/api/mqtt/retained?filter=a&cursor=%25",
                "/api/mqtt/retained?filter=a&cursor=YQ",
                "/api/mqtt/retained/message?topic=%23"
            })
    void whatMakesNoSenseIsRefused(String path) throws Exception {
        get("admin", path, 400);
    }

    @Test
    void pagesLeadToTheNext() throws Exception {
        List<String> found = new ArrayList<>();
        String next = "";
        do {
            JsonNode page = get("admin", SESSIONS + "?limit=1" + next, 200);
            assertThat(page.path("sessions").size()).isLessThanOrEqualTo(1);
            found.addAll(texts(page.path("sessions"), "clientId"));
            next = page.has("next") ? "&cursor=" + page.path("next").asText() : "";
        } while (!next.isEmpty());
        assertThat(found).contains("witness", "a-full", "a-talk", "b-talk");
    }

    @ParameterizedTest
    @CsvSource({
        "-, 401",
        "broken, 401",
        "carol, 404",
        "keeper, 404",
        "admin, 200",
        "full, 200",
        "talk, 200"
    })
    void connectionsAreEndedByTheirOwnersAndThemselves(String caller, int status) throws Exception {
        for (String path : List.of("/connection", "")) {
            Ends ends = new Ends();
            LocalClient client = connect("alpha", "talk", "ending", ends);
            String id = idOf("ending");
            platform.audited.clear();
            json(platform.as(caller, "DELETE", SESSIONS + "/" + id + path, ""), status);
            if (status == 200) {
                assertThat(ends.reasons).containsExactly(ReasonCode.ADMINISTRATIVE_ACTION);
                json(platform.as(caller, "DELETE", SESSIONS + "/" + id + path, ""), 404);
                assertThat(platform.audited)
                        .singleElement()
                        .returns(
                                path.isEmpty() ? "session-ended" : "connection-ended",
                                AuditEntry::event)
                        .returns("ending", entry -> entry.details().get("client"));
            } else {
                assertThat(ends.reasons).isEmpty();
                assertThat(platform.audited).isEmpty();
                client.close();
            }
        }
    }

    /// Whoever sees everything of an app may not yet end it.
    @Test
    void toSeeIsNotToEnd() throws Exception {
        json(
                platform.as(
                        "full",
                        "POST",
                        "/api/platform/app/alpha/client",
                        "{'clientId':'looker','secret':'secret','permissions':['access.live']}"),
                201);
        String token = platform.token("alpha", "looker");
        String path = SESSIONS + "/" + idOf("a-talk");
        json(platform.send("GET", path, token, ""), 200);
        HttpResponse<String> answer = platform.send("DELETE", path, token, "");
        json(answer, 403);
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("access.end");
        assertThat(get("admin", path, 200).path("session").path("connected").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "admin, app/alpha/dialogue/messages/s, witness a-talk",
        "admin, app/beta/dialogue/messages/s, witness b-talk",
        "full, app/alpha/dialogue/messages/s, a-talk",
        "full, app/beta/dialogue/messages/s, ''",
        "talk, app/alpha/dialogue/messages/s, a-talk",
        "keeper, app/alpha/dialogue/messages/s, ''",
        "carol, app/alpha/dialogue/messages/s, ''"
    })
    void whoATopicReachesIsShownAsFarAsTheyAreSeen(String caller, String topic, String seen)
            throws Exception {
        JsonNode page = get(caller, "/api/mqtt/subscription?topic=" + topic, 200);
        List<String> expected = Arrays.stream(seen.split(" ")).filter(id -> !id.isEmpty()).toList();
        assertThat(texts(page.path("sessions"), "clientId"))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "-, app/alpha/#, 401, ''",
        "admin, app/alpha/#, 200, app/alpha/dialogue/messages/s app/alpha/ui/content",
        "admin, app/beta/+/content, 200, app/beta/ui/content",
        "admin, app/+/ui/content, 200, app/alpha/ui/content app/beta/ui/content",
        "full, app/alpha/ui/#, 200, app/alpha/ui/content",
        "full, app/beta/#, 403, ''",
        "full, #, 403, ''",
        "talk, app/alpha/#, 403, ''",
        "talk, app/alpha/dialogue/#, 200, app/alpha/dialogue/messages/s",
        "keeper, app/alpha/ui/content, 403, ''",
        "carol, app/alpha/ui/content, 403, ''"
    })
    void retainedMessagesAreReadByWhoMaySubscribe(
            String caller, String filter, int status, String seen) throws Exception {
        String query = filter.replace("#", "%23");
        JsonNode page = get(caller, "/api/mqtt/retained?filter=" + query, status);
        List<String> expected =
                Arrays.stream(seen.split(" ")).filter(topic -> !topic.isEmpty()).toList();
        assertThat(texts(page.path("messages"), "topic"))
                .filteredOn(topic -> !topic.endsWith("/gone"))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void aRetainedMessageIsShownAsInEvents() throws Exception {
        String path = "/api/mqtt/retained/message?topic=";
        JsonNode json = get("talk", path + "app/alpha/dialogue/messages/s", 200);
        assertThat(json.path("encoding").asText()).isEqualTo("json");
        assertThat(json.path("payload").path("text").asText()).isEqualTo("hello");
        JsonNode text = get("full", path + "app/alpha/ui/content", 200);
        assertThat(text.path("encoding").asText()).isEqualTo("text");
        assertThat(text.path("payload").asText()).isEqualTo("plain");
        get("talk", path + "app/alpha/ui/content", 403);
        get("full", path + "app/beta/ui/content", 403);
        get("full", path + "app/alpha/ui/none", 404);
        retain("app/beta/ui/gone", "x".repeat(300_000));
        JsonNode large = get("admin", path + "app/beta/ui/gone", 200);
        assertThat(large.path("truncated").asBoolean()).isTrue();
        assertThat(large.path("bytes").asInt()).isEqualTo(300_000);
        assertThat(large.path("payload").binaryValue()).hasSize(256 * 1024);
    }

    @Test
    void aRetainedMessageIsRemovedByWhoMayPublishThere() throws Exception {
        String path = "/api/mqtt/retained/message?topic=";
        retain("app/alpha/ui/gone", "x");
        json(platform.as("talk", "DELETE", path + "app/alpha/ui/gone", ""), 403);
        json(platform.as("-", "DELETE", path + "app/alpha/ui/gone", ""), 401);
        json(platform.as("full", "DELETE", path + "app/beta/ui/content", ""), 403);
        platform.audited.clear();
        json(platform.as("full", "DELETE", path + "app/alpha/ui/gone", ""), 200);
        json(platform.as("full", "DELETE", path + "app/alpha/ui/gone", ""), 404);
        assertThat(platform.audited)
                .singleElement()
                .returns("retained-removed", AuditEntry::event)
                .returns("client:alpha/full", AuditEntry::actor);
        get("full", path + "app/alpha/ui/gone", 404);
    }

    /// Who may publish, but nothing that is retained, may not take it away either.
    @Test
    void aGrantWithoutRetainedMessagesRemovesNone() throws Exception {
        json(
                platform.as(
                        "full",
                        "POST",
                        "/api/platform/app/alpha/client",
                        "{'clientId':'fleeting','secret':'secret',"
                                + "'permissions':['dialogue.messages:no-retain']}"),
                201);
        String token = platform.token("alpha", "fleeting");
        String topic = URLEncoder.encode("app/alpha/dialogue/messages/s", StandardCharsets.UTF_8);
        for (String method : List.of("GET", "DELETE")) {
            String path = "/api/mqtt/retained/message?topic=" + topic;
            json(platform.send(method, path, token, ""), 403);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-, alpha, 401",
        "talk, alpha, 403",
        "keeper, alpha, 403",
        "carol, alpha, 403",
        "full, beta, 403",
        "full, alpha, 200",
        "admin, beta, 200",
        "admin, none, 404"
    })
    void quotasAreForTheOwner(String caller, String appId, int status) throws Exception {
        JsonNode quota = get(caller, "/api/app/" + appId + "/quota", status);
        if (status == 200) {
            assertThat(texts(quota.path("shares"), "share"))
                    .containsExactly("messages", "sessions", "disk", "retained");
            assertThat(quota.path("shares").get(3).path("used").asLong()).isPositive();
            assertThat(quota.path("shares").get(0).has("total")).isEqualTo(caller.equals("admin"));
        }
    }
}
