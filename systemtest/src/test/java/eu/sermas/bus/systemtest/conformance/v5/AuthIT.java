package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_DATA;
import static eu.sermas.bus.systemtest.raw.Property.AUTHENTICATION_METHOD;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static eu.sermas.bus.systemtest.raw.Reasons.CONTINUE_AUTHENTICATION;
import static eu.sermas.bus.systemtest.raw.Reasons.MALFORMED;
import static eu.sermas.bus.systemtest.raw.Reasons.PROTOCOL_ERROR;
import static eu.sermas.bus.systemtest.raw.Reasons.REAUTHENTICATE;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.Auth;
import eu.sermas.bus.systemtest.raw.Packet.ConnAck;
import eu.sermas.bus.systemtest.raw.Properties;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Reasons;
import eu.sermas.bus.systemtest.raw.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Section 3.15: AUTH.
class AuthIT extends Section {

    private static final Properties METHOD = Properties.NONE.with(AUTHENTICATION_METHOD, "JWT");
    private static final Properties TOKEN = METHOD.with(AUTHENTICATION_DATA, "token");

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @Mqtt5("MQTT-3.15.1-1")
    void otherFlagsAreMalformed(int flags) {
        var token = auth(flags, CONTINUE_AUTHENTICATION);
        var renewal = auth(flags, REAUTHENTICATE);

        challenged(Connect.v5(name("c"))).send(token).expectRefused(MALFORMED);
        authenticated().send(renewal).expectDisconnect(MALFORMED);
    }

    @Test
    @Mqtt5("MQTT-3.15.2-1")
    void reasonCodesThatAreNotListedAreRefused() {
        for (int reason : Reasons.notListed(Type.AUTH)) {
            challenged(Connect.v5(name("c")))
                    .send(auth(0, reason))
                    .expectRefused(MALFORMED, PROTOCOL_ERROR);
            authenticated().send(auth(0, reason)).expectDisconnect(MALFORMED, PROTOCOL_ERROR);
        }
    }

    @Test
    @Mqtt5({"MQTT-3.15.2-1", "MQTT-3.15.2-2", "MQTT-3.15.2-3"})
    void theBusAsksWithAListedReasonCodeAndNoMoreThanTheClientAccepts() {
        // There is room for the method and for no other property.
        int size = 2 + 1 + METHOD.encoded().toArray().length;
        var connect = Connect.v5(name("c")).with(METHOD).with(MAXIMUM_PACKET_SIZE, size);

        var question = open().send(connect).expect(Auth.class);

        assertThat(question.reason()).isEqualTo(CONTINUE_AUTHENTICATION);
        assertThat(question.properties().text(AUTHENTICATION_METHOD)).isEqualTo("JWT");
        assertThat(question.properties().has(REASON_STRING)).isFalse();
        assertThat(question.properties().has(USER_PROPERTY)).isFalse();
    }

    /// A client that was asked for its token.
    private RawClient challenged(Connect connect) {
        var client = open();
        assertThat(client.send(connect.with(METHOD)).expect(Auth.class).reason())
                .isEqualTo(CONTINUE_AUTHENTICATION);
        return client;
    }

    /// A client that has given it, to a bus that lets everybody in.
    private RawClient authenticated() {
        var client = challenged(Connect.v5(name("c"))).send(auth(0, CONTINUE_AUTHENTICATION));
        assertThat(client.expect(ConnAck.class).reason()).isZero();
        return client;
    }

    private static byte[] auth(int flags, int reason) {
        return Bytes.packet(Type.AUTH.firstByte(flags), bytes().u8(reason).raw(TOKEN.encoded()));
    }
}
