package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.conformance.Tokens.CLIENT;
import static eu.sermas.bus.systemtest.conformance.Tokens.OTHER_CLIENT;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_DATA;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_METHOD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.conformance.Tokens;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Auth;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 4.12: enhanced authentication. The bus knows one method, `JWT`, with the token as data.
class EnhancedAuthenticationIT extends Section {

    private static final int SUCCESS = 0x00;
    private static final int CONTINUE = 0x18;
    private static final int REAUTHENTICATE = 0x19;
    private static final int PROTOCOL_ERROR = 0x82;
    private static final int BAD_USER_NAME_OR_PASSWORD = 0x86;
    private static final int NOT_AUTHORIZED = 0x87;
    private static final int BAD_AUTHENTICATION_METHOD = 0x8C;
    private static final Integer[] REJECTED = {
        BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED, BAD_AUTHENTICATION_METHOD
    };

    private static final String UI_TOPIC = "app/" + Tokens.APP + "/ui/content";
    private static final Properties JWT = Properties.NONE.with(AUTHENTICATION_METHOD, "JWT");

    private static Properties jwt(String token) {
        return JWT.with(AUTHENTICATION_DATA, token.getBytes(UTF_8));
    }

    private static byte[] auth(int reason, Properties properties) {
        return Bytes.packet(Type.AUTH, Bytes.bytes().u8(reason).raw(properties.encoded()));
    }

    private static String token(String clientId) {
        return Tokens.fetch(BUS.port(Kind.GUARDED), clientId);
    }

    private RawClient openTokens() {
        return open(Kind.GUARDED);
    }

    /// A client that came in by the method.
    private RawClient authenticated() {
        var client = openTokens();
        client.connect(Connect.v5(name("c")).with(jwt(token(CLIENT))));
        return client;
    }

    private static Connect withTokenAsUserName() {
        return Connect.v5(name("c")).userName(token(CLIENT)).password("any");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "jwt", "JWT ", "", "OAUTHBEARER"})
    @Mqtt5("MQTT-4.12.0-1")
    void anUnknownMethodIsRefused(String method) {
        var unknown = Properties.NONE.with(AUTHENTICATION_METHOD, method);
        var withToken = unknown.with(AUTHENTICATION_DATA, token(CLIENT).getBytes(UTF_8));
        Integer[] reasons = {BAD_AUTHENTICATION_METHOD, NOT_AUTHORIZED};

        openTokens().send(Connect.v5(name("c")).with(unknown)).expectRefused(reasons);
        openTokens().send(Connect.v5(name("c")).with(withToken)).expectRefused(reasons);
        openTokens()
                .send(withTokenAsUserName().with(AUTHENTICATION_METHOD, method))
                .expectRefused(reasons);
        open().send(Connect.v5(name("c")).with(unknown)).expectRefused(reasons);
    }

    @Test
    @Mqtt5({"MQTT-4.12.0-2", "MQTT-4.12.0-5"})
    void theBusAsksForATokenThatDoesNotComeWithConnect() {
        var client = openTokens();

        client.send(Connect.v5(name("c")).with(JWT));

        var question = client.expect(Auth.class);
        assertThat(question.reason()).isEqualTo(CONTINUE);
        assertThat(question.properties().text(AUTHENTICATION_METHOD)).isEqualTo("JWT");

        client.send(auth(CONTINUE, jwt(token(CLIENT))));
        assertWelcome(client.expect(ConnAck.class));
        assertServed(client);
    }

    @Test
    @Mqtt5("MQTT-4.12.0-5")
    void connAckRepeatsTheMethodOfConnect() {
        var client = openTokens();

        assertWelcome(client.connect(Connect.v5(name("c")).with(jwt(token(CLIENT)))));

        assertServed(client);
    }

    private static void assertWelcome(ConnAck answer) {
        assertThat(answer.reason()).isZero();
        assertThat(answer.properties().text(AUTHENTICATION_METHOD)).isEqualTo("JWT");
    }

    /// The rights of the token are in force.
    private static void assertServed(RawClient client) {
        client.subscribe(UI_TOPIC, 0);
        client.send(Publish.to(UI_TOPIC, "served"));
        client.expectPublish("served");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30."})
    @Mqtt5("MQTT-4.12.0-4")
    void aTokenThatIsNoneIsRejected(String token) {
        openTokens().send(Connect.v5(name("c")).with(jwt(token))).expectRefused(REJECTED);

        var asked = openTokens().send(Connect.v5(name("c")).with(JWT));
        asked.expect(Auth.class);
        asked.send(auth(CONTINUE, jwt(token))).expectRefused(REJECTED);
    }

    @Test
    @Mqtt5("MQTT-4.12.0-4")
    void aForgedTokenIsRejected() {
        var token = token(CLIENT);
        int middle = token.lastIndexOf('.') + 20;
        char other = token.charAt(middle) == 'A' ? 'B' : 'A';
        var forged = token.substring(0, middle) + other + token.substring(middle + 1);

        openTokens().send(Connect.v5(name("c")).with(jwt(forged))).expectRefused(REJECTED);
    }

    @Test
    @Mqtt5("MQTT-4.12.0-6")
    void withoutAMethodTheBusNeitherSendsAuthNorAMethod() {
        var accepted = openTokens();
        var answer = accepted.connect(withTokenAsUserName());
        assertThat(answer.properties().has(AUTHENTICATION_METHOD)).isFalse();
        accepted.expectNothing();

        var wrong = Connect.v5(name("c")).userName("nonsense").password("any");
        var refusal = openTokens().send(wrong).expectRefused(REJECTED);
        assertThat(refusal.properties().has(AUTHENTICATION_METHOD)).isFalse();

        var anonymous = openTokens().send(Connect.v5(name("c"))).expectRefused(REJECTED);
        assertThat(anonymous.properties().has(AUTHENTICATION_METHOD)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {CONTINUE, REAUTHENTICATE})
    @Mqtt5("MQTT-4.12.0-7")
    void withoutAMethodInConnectTheClientMayNotSendAuth(int reason) {
        var token = token(CLIENT);

        var client = openTokens();
        client.connect(withTokenAsUserName());
        client.send(auth(reason, jwt(token))).expectDisconnect(PROTOCOL_ERROR);
        connectV5().send(auth(reason, jwt(token))).expectDisconnect(PROTOCOL_ERROR);
    }

    @Test
    @Mqtt5({"MQTT-4.12.0-5", "MQTT-4.12.1-1"})
    void aNewTokenIsAcceptedAndTheSessionGoesOn() {
        var client = authenticated();
        client.subscribe(UI_TOPIC, 1);

        client.send(auth(REAUTHENTICATE, jwt(token(CLIENT))));

        var answer = client.expect(Auth.class);
        assertThat(answer.reason()).isEqualTo(SUCCESS);
        assertThat(answer.properties().text(AUTHENTICATION_METHOD)).isEqualTo("JWT");
        client.send(Publish.to(UI_TOPIC, "still here"));
        client.expectPublish("still here");
    }

    @ParameterizedTest
    @CsvSource({
        "0x19, SCRAM-SHA-256, true", // another method
        "0x19, , true", // no method
        "0x18, JWT, true", // an answer to nothing
        "0x00, JWT, true", // a word of the server's
        "0x19, JWT, false" // no token
    })
    @Mqtt5("MQTT-4.12.1-1")
    void reauthenticationNeedsTheSameMethodAndAToken(
            String reason, String method, boolean withToken) {
        var properties = Properties.NONE;
        if (method != null) {
            properties = properties.with(AUTHENTICATION_METHOD, method);
        }
        if (withToken) {
            properties = properties.with(AUTHENTICATION_DATA, token(CLIENT).getBytes(UTF_8));
        }

        authenticated()
                .send(auth(Integer.decode(reason), properties))
                .expectDisconnect(PROTOCOL_ERROR, BAD_AUTHENTICATION_METHOD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "a.b.c"})
    @Mqtt5("MQTT-4.12.1-2")
    void aReauthenticationThatFailsEndsTheConnection(String token) {
        authenticated().send(auth(REAUTHENTICATE, jwt(token))).expectDisconnect(NOT_AUTHORIZED);
    }

    @Test
    @Mqtt5("MQTT-4.12.1-2")
    void aTokenOfSomebodyElseEndsTheConnection() {
        authenticated()
                .send(auth(REAUTHENTICATE, jwt(token(OTHER_CLIENT))))
                .expectDisconnect(NOT_AUTHORIZED);
    }
}
