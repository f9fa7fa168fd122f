package eu.sermas.bus.rest.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.EventReader;
import eu.sermas.bus.rest.EventReader.Event;
import eu.sermas.bus.rest.Platform;
import eu.sermas.bus.rest.RestLimits;
import eu.sermas.bus.rest.caller.StreamLimits;
import eu.sermas.bus.rest.http.Json;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Listening, and asking for an answer, over HTTP: a real socket, a real identity, a real broker.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpEventsTest {

    private static final int MAX_STREAMS = 4;
    private static final int MAX_EVENTS = 100;

    @AutoClose private Platform platform;

    @BeforeAll
    void start() throws Exception {
        StreamLimits streams =
                new StreamLimits(
                        MAX_STREAMS,
                        1000,
                        MAX_EVENTS,
                        1 << 20,
                        1 << 26,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5));
        platform = new Platform(new RestLimits(1 << 20, 256, streams));
    }

    private EventReader listen(String appId, String clientId, String path, @Nullable String lastId)
            throws Exception {
        return EventReader.open(
                platform.server.port(), path, platform.token(appId, clientId), lastId);
    }

    private void publish(String topic, String payload) throws Exception {
        platform.broker
                .publish(
                        Message.of(
                                Topic.of(topic),
                                payload.getBytes(StandardCharsets.UTF_8),
                                QoS.AT_LEAST_ONCE))
                .toCompletableFuture()
                .join();
    }

    @Test
    void aStreamShowsWhatIsPublished() throws Exception {
        try (EventReader reader =
                listen("alpha", "talk", "/api/events/app/alpha/dialogue/%23", null)) {
            Event open = reader.next();
            assertThat(open.name()).isEqualTo("open");
            assertThat(open.json().path("clientId").asText()).startsWith("http-");
            assertThat(open.json().path("filters").get(0).asText())
                    .isEqualTo("app/alpha/dialogue/#");
            publish("app/alpha/dialogue/messages/s1", "{\"text\":\"hi\",\n \"n\":1.10}");
            publish("app/alpha/ui/content", "{}");
            publish("app/alpha/dialogue/messages/s2", "plain \"text\"\r\nid: forged\n\ndata: x");
            JsonNode json = reader.nextMessage();
            assertThat(json.path("topic").asText()).isEqualTo("app/alpha/dialogue/messages/s1");
            assertThat(json.path("payload").path("text").asText()).isEqualTo("hi");
            assertThat(json.path("encoding").asText()).isEqualTo("json");
            assertThat(json.path("qos").asInt()).isEqualTo(1);
            assertThat(json.path("retain").asBoolean()).isFalse();
            JsonNode text = reader.nextMessage();
            assertThat(text.path("encoding").asText()).isEqualTo("text");
            assertThat(text.path("payload").asText())
                    .isEqualTo("plain \"text\"\r\nid: forged\n\ndata: x");
        }
    }

    @Test
    void payloadsThatAreNoTextComeInBase64WithWhatTheMessageSays() throws Exception {
        try (EventReader reader =
                listen("alpha", "full", "/api/events?filter=app/alpha/xr/+", null)) {
            reader.next();
            Properties properties =
                    Properties.builder()
                            .add(Property.CONTENT_TYPE, "audio/wav")
                            .add(Property.CORRELATION_DATA, new byte[] {1})
                            .user("k", "v")
                            .build();
            platform.broker.publish(
                    new Message(
                            Topic.of("app/alpha/xr/occlusion"),
                            new byte[] {(byte) 0xff},
                            QoS.AT_MOST_ONCE,
                            false,
                            properties,
                            Message.NEVER));
            JsonNode json = reader.nextMessage();
            assertThat(json.path("encoding").asText()).isEqualTo("base64");
            assertThat(json.path("payload").asText()).isEqualTo("/w==");
            assertThat(json.path("contentType").asText()).isEqualTo("audio/wav");
            assertThat(json.path("correlationData").asText()).isEqualTo("AQ==");
            assertThat(json.path("userProperties").get(0).path("name").asText()).isEqualTo("k");
        }
    }

    @Test
    void whatIsRetainedComesFirst() throws Exception {
        platform.as("full", "POST", "/api/events/app/alpha/ui/status?retain=true", "[1]");
        try (EventReader reader =
                listen("alpha", "full", "/api/events/app/alpha?filter=ui/status", null)) {
            reader.next();
            assertThat(reader.nextMessage().path("retain").asBoolean()).isTrue();
        }
    }

    @Test
    void aReaderWhoComesBackGoesOnWhereItWas() throws Exception {
        String path = "/api/events/app/alpha/detection/user";
        String last;
        try (EventReader reader = listen("alpha", "full", path, null)) {
            reader.next();
            publish("app/alpha/detection/user", "1");
            Event first = reader.next();
            assertThat(first.json().path("payload").asText()).isEqualTo("1");
            last = Objects.requireNonNull(first.id());
        }
        publish("app/alpha/detection/user", "2");
        publish("app/alpha/detection/user", "3");
        try (EventReader reader = listen("alpha", "full", path, last)) {
            assertThat(reader.nextMessage().path("payload").asText()).isEqualTo("2");
            assertThat(reader.nextMessage().path("payload").asText()).isEqualTo("3");
        }
        try (EventReader stranger =
                listen("alpha", "talk", "/api/events/app/alpha/dialogue/stt/x", last)) {
            assertThat(stranger.next().name()).isEqualTo("gap");
            assertThat(stranger.next().name()).isEqualTo("open");
        }
        for (int i = 0; i < MAX_EVENTS + 10; i++) {
            publish("app/alpha/detection/user", "n" + i);
        }
        try (EventReader reader = listen("alpha", "full", path, last)) {
            assertThat(reader.next().name()).isEqualTo("gap");
            assertThat(reader.nextMessage().path("payload").asText()).isEqualTo("n10");
        }
    }

    @Test
    void aSecondReaderOfTheSameStreamEndsTheFirst() throws Exception {
        String path = "/api/events/app/alpha/detection/noise";
        try (EventReader first = listen("alpha", "full", path, null)) {
            String id = Objects.requireNonNull(first.next().id());
            try (EventReader second = listen("alpha", "full", path, id)) {
                Event end = first.next();
                assertThat(end.name()).isEqualTo("end");
                assertThat(end.json().path("reason").asText()).contains("another reader");
                publish("app/alpha/detection/noise", "x");
                assertThat(second.nextMessage().path("payload").asText()).isEqualTo("x");
            }
        }
    }

    @Test
    void changedRightsEndTheStreamWithAReason() throws Exception {
        try (EventReader reader =
                listen("beta", "talk", "/api/events/app/beta/dialogue/stt/s", null)) {
            reader.next();
            String talk = "{'clientId':'talk','secret':'secret','permissions':['ui']}";
            String full = "{'clientId':'full','secret':'secret','permissions':['*']}";
            String app = "[{'appId':'beta','clients':[%s,%s]}]".formatted(full, talk);
            assertThat(platform.as("admin", "POST", "/api/app/admin/import", app).statusCode())
                    .isEqualTo(201);
            platform.broker.changeRights("client:beta/talk", platform.rightsOf("client:beta/talk"));
            Event end = reader.next();
            assertThat(end.name()).isEqualTo("end");
            assertThat(end.json().path("reason").asText())
                    .contains("app/beta/dialogue/stt/s")
                    .contains("missing grant: dialogue.stt");
            assertThat(reader.isAtEnd()).isTrue();
        }
    }

    @Test
    void aNewTokenForTheStreamIsTakenOverHttp() throws Exception {
        try (EventReader reader =
                listen("beta", "full", "/api/events/app/beta/detection/qr_code", null)) {
            String clientId = reader.next().json().path("clientId").asText();
            String path = "/api/mqtt/session/" + clientId + "/token";
            String own = platform.token("beta", "full");
            assertThat(platform.server.call("POST", path, own, "").statusCode()).isEqualTo(201);
            assertThat(platform.as("full", "POST", path, "").statusCode()).isEqualTo(404);
            publish("app/beta/detection/qr_code", "1");
            assertThat(reader.nextMessage().path("payload").asText()).isEqualTo("1");
        }
    }

    @Test
    void anExpiredTokenEndsTheStream() throws Exception {
        Login login = platform.identity.verifier().verify(platform.token("beta", "full")).login();
        try (EventReader reader =
                listen("beta", "full", "/api/events/app/beta/detection/object", null)) {
            String clientId = reader.next().json().path("clientId").asText();
            platform.broker
                    .renew(
                            new Login(
                                    login.principal(),
                                    login.rights(),
                                    System.currentTimeMillis() + 200,
                                    login.tokenId()),
                            clientId)
                    .toCompletableFuture()
                    .join();
            Event end = reader.next();
            assertThat(end.name()).isEqualTo("end");
            assertThat(end.json().path("reason").asText()).isEqualTo("token expired");
        }
    }

    @Test
    void whoIsRemovedHearsNothingMore() throws Exception {
        try (EventReader reader =
                listen("beta", "keeper", "/api/events/app/beta/platform/token", null)) {
            reader.next();
            platform.broker.remove(
                    "client:beta/keeper", ReasonCode.NOT_AUTHORIZED, "client deleted");
            Event end = reader.next();
            assertThat(end.name()).isEqualTo("end");
            assertThat(end.json().path("reason").asText()).isEqualTo("client deleted");
        }
    }

    @Test
    void aSlowReaderIsEnded() throws Exception {
        String token = platform.token("alpha", "full");
        try (Socket socket = new Socket("localhost", platform.server.port())) {
            socket.setReceiveBufferSize(4096);
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(
                            ("GET /api/events/app/alpha/xr/marker/detected HTTP/1.1\r\nHost: a\r\n"
                                            + "Authorization: Bearer "
                                            + token
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            EventReader reader = EventReader.of(socket.getInputStream(), true);
            assertThat(reader.next().name()).isEqualTo("open");
            String large = "x".repeat(100_000);
            for (int i = 0; i < 400; i++) {
                publish("app/alpha/xr/marker/detected", large);
            }
            Event event = reader.next();
            while (event.name().equals("message")) {
                event = reader.next();
            }
            assertThat(event.name()).isEqualTo("end");
            assertThat(event.json().path("reason").asText()).startsWith("too slow: ");
        }
    }

    @Test
    void onePrincipalHasOnlySoManyStreams() throws Exception {
        // Nobody else in this class listens as this client, whose end would be noticed only later.
        String path = "/api/events/app/alpha/platform/token";
        List<EventReader> open = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_STREAMS; i++) {
                EventReader reader = listen("alpha", "keeper", path, null);
                reader.next();
                open.add(reader);
            }
            HttpResponse<String> refused =
                    platform.server.call("GET", path, platform.token("alpha", "keeper"), "");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("expected: at most " + MAX_STREAMS);
            open.removeLast().close();
            Awaitility.await()
                    .untilAsserted(
                            () -> {
                                EventReader again = listen("alpha", "keeper", path, null);
                                open.add(again);
                                assertThat(again.next().name()).isEqualTo("open");
                            });
        } finally {
            for (EventReader reader : open) {
                reader.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- | /api/events/app/alpha/ui/content | 401 | Unauthorized",
                "talk | /api/events/app/alpha/ui/content | 403 | Forbidden resource",
                "talk | /api/events?filter=app/alpha/dialogue/%23&filter=app/beta/dialogue/%23 |"
                        + " 403 | Forbidden resource",
                "full | /api/events/app/beta/ui/content | 403 | Forbidden resource",
                "full | /api/events?filter=%23 | 403 | Forbidden resource",
                "full | /api/events | 400 | filter: none (expected: at least one)",
                "full | /api/events?filter=app/alpha/%23/x | 400 | *topic filter"
            })
    void streamsAreRefusedWithAReason(String caller, String path, int status, String message)
            throws Exception {
        HttpResponse<String> answer = platform.as(caller, "GET", path, "");
        assertThat(answer.statusCode()).isEqualTo(status);
        String said = Json.MAPPER.readTree(answer.body()).path("message").asText();
        if (message.startsWith("*")) {
            assertThat(said).contains(message.substring(1));
        } else {
            assertThat(said).isEqualTo(message);
        }
    }

    @Test
    void headOpensNoStream() throws Exception {
        HttpResponse<String> answer =
                platform.as("full", "HEAD", "/api/events/app/alpha/ui/content", "");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    }

    // --- questions and answers

    private void answering(String topic, boolean withData) throws Exception {
        LocalClient[] self = new LocalClient[1];
        LocalClient.Listener listener =
                new LocalClient.Listener() {
                    @Override
                    public void received(Message message, boolean retained) {
                        Properties.Builder properties = Properties.builder();
                        if (withData) {
                            properties.addIfPresent(
                                    Property.CORRELATION_DATA,
                                    message.properties().binary(Property.CORRELATION_DATA));
                        }
                        String where = message.properties().text(Property.RESPONSE_TOPIC);
                        self[0].publish(
                                new Message(
                                        Topic.of(Objects.requireNonNull(where)),
                                        ("{\"echo\":"
                                                        + new String(
                                                                message.payload(),
                                                                StandardCharsets.UTF_8)
                                                        + "}")
                                                .getBytes(StandardCharsets.UTF_8),
                                        QoS.AT_LEAST_ONCE,
                                        false,
                                        properties.build(),
                                        Message.NEVER));
                    }

                    @Override
                    public void dropped(TopicFilter filter, String reason) {}

                    @Override
                    public void ended(ReasonCode reason, String reasonString) {}
                };
        self[0] =
                platform.broker
                        .connectLocally(
                                "answering " + topic + withData,
                                platform.identity
                                        .verifier()
                                        .verify(platform.token("alpha", "talk"))
                                        .login(),
                                listener)
                        .toCompletableFuture()
                        .join();
        self[0].subscribe(List.of(TopicFilter.of(topic))).toCompletableFuture().join();
    }

    @Test
    void aQuestionGetsItsAnswer() throws Exception {
        answering("app/alpha/dialogue/tool/ask", true);
        answering("app/alpha/dialogue/tool/ask3", false);
        for (String path :
                List.of(
                        "ask?timeout=5",
                        "ask3?timeout=5",
                        "ask?timeout=5&responseTopic=app/alpha/dialogue/tool/here")) {
            HttpResponse<String> answer =
                    platform.as(
                            "full", "POST", "/api/events/app/alpha/dialogue/tool/" + path, "[7]");
            assertThat(answer.statusCode()).as(path + answer.body()).isEqualTo(201);
            assertThat(answer.body()).isEqualTo("{\"echo\":[7]}");
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValue("application/json;charset=utf-8");
        }
    }

    @Test
    void aQuestionThatNobodyAnswersIsA504() throws Exception {
        answering("app/alpha/dialogue/tool/ask4", false);
        Map<String, String> questions =
                Map.of(
                        "document?timeout=1",
                        "app/alpha/dialogue/document: no answer within 1 s",
                        "tool/ask4?timeout=0.2&responseTopic=app/alpha/dialogue/tool/h",
                        "app/alpha/dialogue/tool/ask4: no answer within 0.2 s");
        for (var question : questions.entrySet()) {
            HttpResponse<String> answer =
                    platform.as(
                            "full",
                            "POST",
                            "/api/events/app/alpha/dialogue/" + question.getKey(),
                            "{}");
            assertThat(answer.statusCode()).isEqualTo(504);
            JsonNode error = Json.MAPPER.readTree(answer.body());
            assertThat(error.path("message").asText()).isEqualTo(question.getValue());
            assertThat(error.path("error").asText()).isEqualTo("Gateway Timeout");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "talk | dialogue/stt/x?timeout=x | 400 | timeout: 'x' (expected: seconds, at most 5)",
                "talk | dialogue/stt/x?timeout=0 | 400 | timeout: '0' (expected: seconds, at most 5)",
                "talk | dialogue/stt/x?timeout=6 | 400 | timeout: '6' (expected: seconds, at most 5)",
                "talk | dialogue/stt/x?responseTopic=a | 400 | responseTopic: without a timeout",
                "talk | ui/content?timeout=1 | 403 | Forbidden resource",
                "talk | dialogue/stt/x?timeout=1&responseTopic=app/alpha/ui/content | 403 |"
                        + " Forbidden resource"
            })
    void questionsAreRefusedWithAReason(String caller, String path, int status, String message)
            throws Exception {
        HttpResponse<String> answer =
                platform.as(caller, "POST", "/api/events/app/alpha/" + path, "{}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(Json.MAPPER.readTree(answer.body()).path("message").asText()).isEqualTo(message);
    }
}
