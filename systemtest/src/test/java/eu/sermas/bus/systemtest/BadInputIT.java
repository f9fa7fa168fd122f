package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.systemtest.RawMqtt.Packet;
import eu.sermas.bus.systemtest.client.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What nobody should send: each gets a clear answer, and the bus goes on serving, which is looked
/// at after every test.
@ExtendWith(SharedBus.class)
class BadInputIT {

    private final BusProcess bus;
    private final Rest rest;
    private final Rest admin;
    private final Tenant tenant;

    BadInputIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.rest = bus.rest();
        this.admin = admin;
        this.tenant = Tenant.create(bus, admin, "bad").client("kiosk", "ui");
    }

    @AfterEach
    void theBusStillServes() throws Exception {
        rest.get("/health/ready").expect(200);
        try (var client = Mqtt.connect(bus, tenant.token("kiosk"))) {
            client.subscribe(1, tenant.topic("ui/content"));
            client.publish(Message.of(tenant.topic("ui/content"), "serving", 1));
            assertThat(client.inbox().next()).returns("serving", Message::text);
        }
    }

    private Stream<Named<String>> badTokens() {
        var good = tenant.token("kiosk");
        var publicKey = rest.get("/.well-known/jwks.json").expect(200);
        return Stream.of(
                Named.of("no token at all", "abc"),
                Named.of("nothing", ""),
                Named.of("dots", ".."),
                Named.of("truncated", good.substring(0, good.length() - 10)),
                Named.of("more behind it", good + "AAAA"),
                Named.of("alg none", Jwt.unsigned(good)),
                Named.of("HS256 with the key set", Jwt.signedWithSecret(good, publicKey.bytes())),
                Named.of(
                        "HS256 with the modulus",
                        Jwt.signedWithSecret(
                                good, publicKey.json().at("/keys/0/n").asText().getBytes(UTF_8))),
                Named.of(
                        "tampered azp",
                        Jwt.tampered(good, claims -> claims.put("azp", "platform"))),
                Named.of(
                        "tampered expiry",
                        Jwt.tampered(good, claims -> claims.put("exp", 4_000_000_000L))),
                Named.of("wrong type", "{\"token\":true}"),
                Named.of("control characters", "a\tb\u0001c"));
    }

    @Test
    void noForgedTokenIsAccepted() throws IOException {
        for (var token : badTokens().toList()) {
            for (int level : new int[] {4, 5}) {
                try (var mqtt = RawMqtt.open(bus.port())) {
                    mqtt.send(RawMqtt.connect(level, "forger", token.getPayload(), "sermas"));
                    assertThat(mqtt.lastBeforeClose())
                            .as("level %d: %s", level, token.getName())
                            .satisfiesAnyOf(
                                    last -> assertThat(last).isNull(),
                                    last -> assertRefused(last, level));
                }
            }
        }
    }

    @Test
    void noForgedTokenIsAcceptedByRest() {
        badTokens()
                .filter(token -> token.getPayload().chars().allMatch(c -> c > ' '))
                .forEach(
                        token ->
                                rest.as(token.getPayload())
                                        .get("/api/auth/whoami")
                                        .expectError(401, "Unauthorized"));
    }

    @Test
    void aConnectWithoutAPasswordIsRefused() throws IOException {
        for (int level : new int[] {4, 5}) {
            try (var mqtt = RawMqtt.open(bus.port())) {
                mqtt.send(RawMqtt.connect(level, "c", tenant.token("kiosk"), null));
                assertRefused(mqtt.lastBeforeClose(), level);
            }
        }
    }

    @Test
    void anEmptyPasswordIsEnough() throws IOException {
        try (var mqtt = RawMqtt.open(bus.port())) {
            mqtt.send(RawMqtt.connect(4, "c", tenant.token("kiosk"), ""));
            assertThat(mqtt.receive()).returns(0, Packet::reason);
        }
    }

    @Test
    void theLongestUserNameIsReadAndRefused() throws IOException {
        try (var mqtt = RawMqtt.open(bus.port())) {
            mqtt.send(RawMqtt.connect(4, "c", "x".repeat(65_535), "sermas"));
            assertRefused(mqtt.lastBeforeClose(), 4);
        }
    }

    @Test
    void aLongTokenInRestIsRefused() {
        var megabyte = "x".repeat(1024 * 1024);

        rest.post("/api/platform/token/refresh", Map.of("refreshToken", "x".repeat(60_000)))
                .expect(401);
        rest.post("/api/platform/token/refresh", Map.of("refreshToken", megabyte)).expect(413);
    }

    /// The refusal comes long before the header is over, and is there to be read afterwards.
    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/whoami", "/mqtt"})
    void aHeaderOfAMegabyteIsRefusedAndReadToItsEnd(String path) throws IOException {
        var part = "x".repeat(128 * 1024).getBytes(UTF_8);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout(10_000);
            var out = socket.getOutputStream();
            out.write(
                    ("GET " + path + " HTTP/1.1\r\nHost: bus\r\nAuthorization: ").getBytes(UTF_8));
            out.write(part);
            await().until(() -> socket.getInputStream().available() > 0);
            for (int i = 0; i < 7; i++) {
                out.write(part);
            }
            out.write("\r\n\r\n".getBytes(UTF_8));

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 431 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "101c00044d5154540402003c0010", // CONNECT, cut off, then nothing
                "10ffffffffff", // remaining length of five bytes
                "1000", // CONNECT without a body
                "100c00044d51545403020000000000", // MQTT at level 3
                "100c00044d51545406020000000000", // level 6
                "100c00044d5154540403000000000000", // reserved flag of CONNECT
                "3003000161", // PUBLISH before CONNECT
                "c000", // PINGREQ before CONNECT
                "f000", // AUTH before CONNECT
                "0000", // type 0
                "1603010200010001fc0303", // the beginning of a TLS handshake
                "474554202f20485454502f312e310d0a0d0a00ff" // HTTP, then garbage
            })
    void bytesThatAreNoMqttEndTheirConnectionOnly(String hex) throws IOException {
        try (var mqtt = RawMqtt.open(bus.port())) {
            mqtt.send(HexFormat.of().parseHex(hex));
        }
    }

    @Test
    void aWildcardInATopicIsAProtocolError() throws IOException {
        var token = tenant.token("kiosk");
        for (var topic : new String[] {"ui/content/+", "ui/#", "ui/con\0tent"}) {
            try (var mqtt = RawMqtt.connected(bus.port(), 4, "wild", token)) {
                mqtt.send(RawMqtt.publish(tenant.topic(topic), "x"));
                assertThat(mqtt.lastBeforeClose()).as(topic).isNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../../etc/passwd",
                "/api/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/api/app/..%2f..%2fetc%2fpasswd",
                "/api/app/%00",
                "/api/platform/app/%2e%2e/client/x",
                "/.well-known/../../../etc/passwd",
                "//etc/passwd",
                "/api//app",
                "/api/app/%zz",
                "/mqttfoo"
            })
    void noPathLeavesTheBus(String path) throws IOException {
        var answer = ask("GET " + path + " HTTP/1.1\r\nHost: bus\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("root:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "",
                "[",
                "\"",
                "{\"appId\":}",
                "null",
                "42",
                "[[[[",
                "{\"a\":1}{",
                "\u0000"
            })
    void whatIsNotTheJsonThatIsExpectedIsABadRequest(String body) {
        var answer = rest.post("/api/platform/token", body).expect(400);

        assertThat(answer.json().path("statusCode").asInt()).isEqualTo(400);
    }

    @Test
    void deeplyNestedJsonIsABadRequest() {
        rest.post("/api/platform/token", "[".repeat(60_000)).expect(400);
        rest.post("/api/platform/token", "{\"a\":".repeat(12_000)).expect(400);
        admin.post("/api/app/admin/import", "[".repeat(100_000)).expect(400);
    }

    @Test
    void fieldsOfTheWrongTypeAreABadRequest() {
        rest.post("/api/platform/token", "{\"appId\":{},\"clientId\":[],\"clientSecret\":1}")
                .expect(400);
        admin.post("/api/app/admin/import", "{\"appId\":1}").expect(400);
        admin.post("/api/auth/admin/user", "[]").expect(400);
    }

    @Test
    void unknownFieldsAreLeftAlone() {
        var body =
                Map.of(
                        "appId", tenant.appId(),
                        "clientId", "kiosk",
                        "clientSecret", tenant.secret("kiosk"),
                        "__proto__", Map.of("x", 1),
                        "unknown", "field");
        rest.post("/api/platform/token", body).expect(201);
    }

    @Test
    void aBodyBeyondTheLimitIsTooLarge() {
        var tooLarge = BodyPublishers.ofString("\"" + "x".repeat(17 * 1024 * 1024) + "\"");
        try {
            rest.send(
                            "POST",
                            "/api/platform/token",
                            Map.of("Content-Type", "application/json"),
                            tooLarge)
                    .expect(413);
        } catch (UncheckedIOException closed) {
            // The bus may close the connection before it has read all of it.
            assertThat(closed.getCause()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aBodyAboveTheLimitOfThePlatformIsAccepted() {
        var settings = Map.of("text", "x".repeat(500_000));

        admin.put("/api/app/" + tenant.appId() + "/settings", settings).expect(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BREW /api/app HTTP/1.1|Host: bus",
                "GET /api/app HTTP/1.1|Host: bus|no colon here",
                "POST /api/platform/token HTTP/1.1|Host: bus|Content-Length: -1",
                "POST /api/platform/token HTTP/1.1|Content-Length: 5|Transfer-Encoding: chunked"
            })
    void aMalformedRequestIsRefused(String lines) throws IOException {
        assertThat(statusLine(lines.replace("|", "\r\n") + "\r\n\r\n"))
                .containsAnyOf(" 400 ", " 404 ", " 405 ", " 501 ", " 505 ");
    }

    private static void assertRefused(@Nullable Packet last, int level) {
        assertThat(last)
                .isNotNull()
                .returns(RawMqtt.CONNACK, Packet::type)
                .extracting(Packet::reason)
                .isIn(level == 5 ? new Object[] {0x87, 0x86, 0x85, 0x81} : new Object[] {5, 4});
    }

    private String statusLine(String request) throws IOException {
        return ask(request).lines().findFirst().orElse("closed without an answer");
    }

    /// Sends the request as it is and reads until the bus has nothing more to say.
    private String ask(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), bus.port())) {
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            var buffer = new byte[4096];
            int length = socket.getInputStream().read(buffer);
            return length < 0 ? "" : new String(buffer, 0, length, UTF_8);
        }
    }
}
