package eu.sermas.bus.systemtest.conformance.v5;

import static eu.sermas.bus.systemtest.raw.Bytes.bytes;
import static eu.sermas.bus.systemtest.raw.Property.MAXIMUM_PACKET_SIZE;
import static eu.sermas.bus.systemtest.raw.Property.REASON_STRING;
import static eu.sermas.bus.systemtest.raw.Property.USER_PROPERTY;
import static eu.sermas.bus.systemtest.raw.Reasons.QUOTA_EXCEEDED;
import static eu.sermas.bus.systemtest.raw.Subscribe.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.conformance.ConformanceBus.Kind;
import eu.sermas.bus.systemtest.conformance.Mqtt5;
import eu.sermas.bus.systemtest.conformance.Section;
import eu.sermas.bus.systemtest.raw.Bytes;
import eu.sermas.bus.systemtest.raw.Connect;
import eu.sermas.bus.systemtest.raw.Packet.SubAck;
import eu.sermas.bus.systemtest.raw.RawClient;
import eu.sermas.bus.systemtest.raw.Subscribe;
import eu.sermas.bus.systemtest.raw.Type;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Section 3.9: SUBACK.
class SubAckIT extends Section {

    /// One filter more than the bus grants in a packet.
    private static final int TOO_MANY = 101;

    @Test
    @Mqtt5({"MQTT-3.9.2-1", "MQTT-3.9.2-2"})
    void theAnswerIsNoLargerThanTheClientAccepts() {
        var full = answer(bounded(Connect.v5(name("c"))).send(tooMany()).expect(SubAck.class));
        int size = size(full);

        assertThat(full.properties().text(REASON_STRING)).isNotEmpty();
        var fitting = bounded(accepting(size)).send(tooMany()).expect(SubAck.class);
        var bare = bounded(accepting(size - 1)).send(tooMany()).expect(SubAck.class);

        assertThat(answer(fitting).properties().has(REASON_STRING)).isTrue();
        assertThat(answer(bare).properties().has(REASON_STRING)).isFalse();
        assertThat(bare.properties().has(USER_PROPERTY)).isFalse();
    }

    private RawClient bounded(Connect connect) {
        return connect(Kind.FEW_AT_A_TIME, connect);
    }

    private static int size(SubAck answer) {
        var body =
                bytes().u16(answer.packetId())
                        .raw(answer.properties().encoded())
                        .raw(new byte[TOO_MANY]);
        return Bytes.packet(Type.SUBACK, body).length;
    }

    private static SubAck answer(SubAck answer) {
        assertThat(answer.reasons()).hasSize(TOO_MANY).endsWith(QUOTA_EXCEEDED);
        return answer;
    }

    private static Connect accepting(int maximumPacketSize) {
        return Connect.v5(name("c")).with(MAXIMUM_PACKET_SIZE, maximumPacketSize);
    }

    private static Subscribe tooMany() {
        var base = name("t");
        var request = subscribe(1);
        for (int i = 0; i < TOO_MANY; i++) {
            request.filter(base + "/" + i);
        }
        return request;
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "2, 1, 0", "1, 0, 2", "2, 0, 1", "2, 2, 0", "0, 2, 2"})
    @Mqtt5({"MQTT-3.9.3-1", "MQTT-3.9.3-2"})
    void theReasonCodesHaveTheOrderOfTheFilters(int first, int second, int third) {
        var base = name("t");
        var request =
                subscribe(1)
                        .filter(base + "/z", first)
                        .filter(base + "/a/#", second)
                        .filter(base + "/+", third);

        var answer = connectV5().send(request).expect(SubAck.class);

        assertThat(answer.reasons()).isEqualTo(List.of(first, second, third));
    }
}
