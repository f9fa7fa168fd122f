package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.conformance.Tokens.CLIENT;
import static eu.sermas.bus.systemtest.conformance.Tokens.OTHER_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.conformance.Tokens;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Ack;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.Publish;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import eu.sermas.bus.systemtest.raw.Version;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The ways to show a new token that the bus has besides AUTH: for clients of MQTT 3.1.1, and for
/// those whose library has no re-authentication.
class TokenRenewalIT extends Section {

    private static final int NOT_AUTHORIZED = 0x87;
    private static final int QUOTA_EXCEEDED = 0x97;
    private static final String TOKEN = "$session/token";
    private static final String RENEWED = "$session/token/renewed";
    private static final String REFUSED = "$session/token/refused";
    private static final String EXPIRING = "$session/token/expiring";

    private static String token(String clientId) {
        return Tokens.fetch(BUS.port(Kind.GUARDED), clientId);
    }

    private RawClient client(Version version) {
        var client = open(Kind.GUARDED);
        var name = name("c");
        var connect = version == Version.V5 ? Connect.v5(name) : Connect.v311(name);
        client.connect(connect.userName(token(CLIENT)).password("any"));
        return client;
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    /// What the token itself says, in milliseconds.
    private static long expiryOf(String token) {
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
        return json(new String(claims, StandardCharsets.UTF_8)).get("exp").asLong() * 1000;
    }

    private static JsonNode expectNotice(RawClient client, String topic) {
        var notice = client.expectPublish();
        assertThat(notice).returns(topic, Publish::topic).returns(0, Publish::qos);
        return json(notice.text());
    }

    @ParameterizedTest
    @CsvSource({"V5, 0", "V5, 1", "V5, 2", "V311, 0", "V311, 1", "V311, 2"})
    void aPublishedTokenIsPutInForce(Version version, int qos) {
        var client = client(version);
        client.subscribe(RENEWED, 0);
        client.subscribe(REFUSED, 0);
        var token = token(CLIENT);

        client.send(Publish.to(TOKEN, token).qos(qos, 7));

        assertThat(expectNotice(client, RENEWED).get("expiresAt").asLong())
                .isEqualTo(expiryOf(token));
        if (qos > 0) {
            client.expectAck(qos == 1 ? Type.PUBACK : Type.PUBREC, 7);
        }
        client.expectNothing();
    }

    @ParameterizedTest
    @CsvSource({"V5, nonsense", "V311, nonsense", "V5, ''", "V5, 'a\"b\\c.d.e'"})
    void aRefusedTokenLeavesTheOldOneInForce(Version version, String token) {
        var client = client(version);
        client.subscribe(RENEWED, 0);
        client.subscribe(REFUSED, 0);

        client.send(Publish.to(TOKEN, token).qos(1, 7));

        assertThat(expectNotice(client, REFUSED).get("reason").asText()).isNotBlank();
        assertThat(client.expect(Ack.class))
                .returns(Type.PUBACK, Ack::type)
                .returns(version == Version.V5 ? NOT_AUTHORIZED : 0, Ack::reason);
        assertServed(client);
    }

    @Test
    void aTokenOfSomebodyElseIsRefused() {
        var client = client(Version.V5);
        client.subscribe(REFUSED, 0);

        client.send(Publish.to(TOKEN, token(OTHER_CLIENT)).qos(1, 7));

        assertThat(expectNotice(client, REFUSED).get("reason").asText()).contains("principal");
        assertThat(client.expect(Ack.class)).returns(NOT_AUTHORIZED, Ack::reason);
        assertServed(client);
    }

    private static void assertServed(RawClient client) {
        var topic = "app/" + Tokens.APP + "/ui/content";
        client.subscribe(topic, 0);
        client.send(Publish.to(topic, "served"));
        client.expectPublish("served");
    }

    /// In this bus a token is about to expire from the start, so that the warning comes with the
    /// subscription, and again for the new token.
    @ParameterizedTest
    @EnumSource(names = {"V5", "V311"})
    void aClientIsWarnedOnceForEachToken(Version version) {
        var client = client(version);
        client.subscribe("$session/#", 0);
        assertThat(expectNotice(client, EXPIRING).get("expiresAt").asLong())
                .isGreaterThan(System.currentTimeMillis());
        var token = token(CLIENT);

        client.send(Publish.to(TOKEN, token));

        expectNotice(client, RENEWED);
        assertThat(expectNotice(client, EXPIRING).get("expiresAt").asLong())
                .isEqualTo(expiryOf(token));
        letASecondPass();
        client.expectNothing();
    }

    /// However long after CONNECT the client asks for the warning.
    @Test
    void aWarningWaitsForItsSubscription() {
        var client = client(Version.V5);
        letASecondPass();

        client.subscribe(EXPIRING, 0);

        expectNotice(client, EXPIRING);
    }

    @Test
    void noticesAndTokensAreForTheirConnectionAlone() {
        var stranger = client(Version.V5);
        stranger.subscribe("$session/token", 0);
        stranger.subscribe("$session/+/renewed", 0);
        var client = client(Version.V5);
        client.subscribe(RENEWED, 0);

        client.send(Publish.to(TOKEN, token(CLIENT)).qos(1, 7).retained());

        expectNotice(client, RENEWED);
        client.expectAck(Type.PUBACK, 7);
        stranger.expectNothing();
        var later = client(Version.V5);
        later.subscribe("$session/token", 0);
        later.expectNothing();
    }

    @Test
    void withoutASubscriptionNoNoticeIsSent() {
        var client = client(Version.V5);
        client.subscribe(RENEWED, 0);
        client.unsubscribe(RENEWED);

        client.send(Publish.to(TOKEN, token(CLIENT)).qos(1, 7));

        client.expectAck(Type.PUBACK, 7);
        client.expectNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {RENEWED, "$session/token/", "$session", "$session/other"})
    void nothingElseIsTakenBelowThePrivateTopic(String topic) {
        var client = client(Version.V5);

        client.send(Publish.to(topic, "x").qos(1, 7));

        assertThat(client.expect(Ack.class)).returns(NOT_AUTHORIZED, Ack::reason);
    }

    @Test
    void privateSubscriptionsHaveALimit() {
        var client = client(Version.V5);
        int granted = 0;
        int reason;
        do {
            client.send(Subscribe.subscribe(granted + 1).filter("$session/" + granted));
            reason = client.expect(SubAck.class).reasons().getFirst();
            granted += reason == 0 ? 1 : 0;
        } while (reason == 0 && granted < 1000);

        assertThat(reason).as("after %d", granted).isEqualTo(QUOTA_EXCEEDED);
        client.unsubscribe("$session/1");
        client.subscribe(RENEWED, 0);
    }
}
