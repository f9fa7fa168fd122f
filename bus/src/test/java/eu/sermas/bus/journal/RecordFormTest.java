package eu.sermas.bus.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Every record says after a start what it said before, and a damaged one says that it is damaged.
class RecordFormTest {

    private static final Properties PROPERTIES =
            Properties.builder()
                    .add(Property.PAYLOAD_FORMAT_INDICATOR, 1)
                    .add(Property.CONTENT_TYPE, "text/plain")
                    .add(Property.RESPONSE_TOPIC, "answers/é")
                    .add(Property.CORRELATION_DATA, new byte[] {1, 2, 3})
                    .user("name", "日本語")
                    .user("name", "")
                    .build();

    private static final Message MESSAGE =
            new Message(
                    Topic.of("app/é/x"),
                    "payload".getBytes(StandardCharsets.UTF_8),
                    QoS.EXACTLY_ONCE,
                    true,
                    PROPERTIES,
                    1_700_000_000_123L);

    @Test
    void aMessageComesBackAsItWas() {
        assertSame(Records.message(Records.message(MESSAGE)), MESSAGE);
        Message plain = Message.of(Topic.of("t"), new byte[300], QoS.AT_LEAST_ONCE);
        assertSame(Records.message(Records.message(plain)), plain);
    }

    @Test
    void whatMessagesHaveInCommonIsThereOnce() {
        LastRead last = new LastRead();
        Message first = Records.message(Records.message(MESSAGE), last);
        Message second = Records.message(Records.message(MESSAGE), last);
        assertThat(second.topic()).isSameAs(first.topic());
        assertThat(second.properties()).isSameAs(first.properties());
        Message other = Message.of(Topic.of("app"), new byte[300], QoS.AT_LEAST_ONCE);
        assertSame(Records.message(Records.message(other), last), other);
        assertSame(Records.message(Records.message(MESSAGE), last), MESSAGE);
    }

    private static void assertSame(Message found, Message expected) {
        assertThat(found.topic()).isEqualTo(expected.topic());
        assertThat(found.payload()).isEqualTo(expected.payload());
        assertThat(found.qos()).isEqualTo(expected.qos());
        assertThat(found.retain()).isEqualTo(expected.retain());
        assertThat(found.properties()).isEqualTo(expected.properties());
        assertThat(found.expiresAt()).isEqualTo(expected.expiresAt());
    }

    @Test
    void aSessionComesBackAsItWas() {
        Will will = new Will(Topic.of("w"), new byte[] {9}, QoS.AT_LEAST_ONCE, true, PROPERTIES);
        SessionRecord session =
                new SessionRecord(
                        "client:app/kiosk",
                        "id",
                        0xFFFF_FFFFL,
                        1_700_000_000_000L,
                        will,
                        WillVerdict.GRANTED,
                        64);
        SessionRecord found = Records.session(Records.session(session));
        assertThat(found.principalId()).isEqualTo("client:app/kiosk");
        assertThat(found.clientId()).isEqualTo("id");
        assertThat(found.expiryInterval()).isEqualTo(0xFFFF_FFFFL);
        assertThat(found.absentSince()).isEqualTo(1_700_000_000_000L);
        assertThat(found.will())
                .usingRecursiveComparison()
                .withEqualsForType(Topic::equals, Topic.class)
                .isEqualTo(will);
        assertThat(found.willVerdict()).isEqualTo(WillVerdict.GRANTED);
        assertThat(found.looseIds()).isEqualTo(64);
        SessionRecord bare = new SessionRecord("p", "", 1, 0, null, WillVerdict.NOT_MADE, 32_768);
        assertThat(Records.session(Records.session(bare))).isEqualTo(bare);
    }

    /// As it was written before verdicts were kept.
    @Test
    void aSessionOfTheFirstFormHasNoVerdictOnItsWill() {
        byte[] first =
                new RecordWriter(64)
                        .octet(1)
                        .text("client:app/kiosk")
                        .text("id")
                        .number(60)
                        .number(0)
                        .octet(1)
                        .binary(Topic.of("w").utf8())
                        .octet(1)
                        .binary(new byte[] {9})
                        .number(0)
                        .toBytes();
        SessionRecord found = Records.session(first);
        assertThat(found.clientId()).isEqualTo("id");
        assertThat(found.will()).isNotNull();
        assertThat(found.willVerdict()).isEqualTo(WillVerdict.NOT_MADE);
        assertThat(found.looseIds()).isZero();
    }

    /// As it was written before it said which packet identifiers are loose.
    @Test
    void aSessionOfTheSecondFormHasNoLooseIdentifiers() {
        byte[] second =
                new RecordWriter(64)
                        .octet(2)
                        .text("p")
                        .text("c")
                        .number(60)
                        .number(0)
                        .octet(0)
                        .toBytes();
        assertThat(Records.session(second))
                .isEqualTo(new SessionRecord("p", "c", 60, 0, null, WillVerdict.NOT_MADE, 0));
    }

    @Test
    void aSubscriptionComesBackAsItWas() {
        Subscription subscription =
                new Subscription(
                        TopicFilter.of("$share/workers/app/+/é/#"),
                        QoS.EXACTLY_ONCE,
                        false,
                        true,
                        RetainHandling.SEND_IF_NEW);
        SubscriptionRecord held = new SubscriptionRecord(subscription, 268_435_455, true);
        byte[] key = Keys.of(7, subscription.filter().text().getBytes(StandardCharsets.UTF_8));
        assertThat(Keys.number(key)).isEqualTo(7);
        assertThat(Records.subscription(key, Records.subscription(held))).isEqualTo(held);
    }

    @Test
    void keysAreInTheOrderOfTheirNumbers() {
        long[] numbers = {0, 1, 255, 256, 65_535, 65_536, Integer.MAX_VALUE, Long.MAX_VALUE};
        for (int i = 1; i < numbers.length; i++) {
            assertThat(Arrays.compareUnsigned(Keys.of(numbers[i - 1]), Keys.of(numbers[i])))
                    .isNegative();
            assertThat(Arrays.compareUnsigned(Keys.of(1, numbers[i - 1]), Keys.of(1, numbers[i])))
                    .isNegative();
        }
    }

    @Test
    void aShortenedRecordIsFoundDamaged() {
        byte[] whole = Records.message(MESSAGE);
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> Records.message(part))
                    .as("%d of %d bytes", part.length, whole.length)
                    .isInstanceOf(DamagedRecordException.class);
        }
    }

    @Test
    void aFormOfALaterVersionIsNotGuessedAt() {
        byte[] later = Records.message(MESSAGE);
        later[0] = 99;
        assertThatThrownBy(() -> Records.message(later))
                .isInstanceOf(DamagedRecordException.class)
                .hasMessage("form: 99 (expected: 1)");
    }

    /// Whatever the bytes are, they are a record or a damaged one, and nothing else happens.
    @Test
    void changedBytesDoNoHarm() {
        Random random = new Random(42);
        byte[] message = Records.message(MESSAGE);
        byte[] session =
                Records.session(new SessionRecord("p", "c", 10, 0, null, WillVerdict.NOT_MADE, 0));
        int damaged = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = (i % 2 == 0 ? message : session).clone();
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                Object found = i % 2 == 0 ? Records.message(bytes) : Records.session(bytes);
                assertThat(found).isNotNull();
            } catch (DamagedRecordException e) {
                assertThat(e).hasMessageNotContaining("null");
                damaged++;
            }
        }
        assertThat(damaged).isGreaterThan(1_000);
    }
}
