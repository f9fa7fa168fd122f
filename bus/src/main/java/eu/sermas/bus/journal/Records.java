package eu.sermas.bus.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import eu.sermas.bus.journal.QueueRecord.Phase;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.RetainHandling;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UserProperty;
import eu.sermas.bus.packet.Will;
import org.jspecify.annotations.Nullable;

/// The form of the records on disk. Each begins with the number of its form, so that a later
/// version can tell. All are of the first, but for sessions: those of the second say whether their
/// will may be published, those of the third how many packet identifiers are loose as well.
///
/// Reading throws [DamagedRecordException] where a record is not what was written.
public final class Records {

    private static final int FORM = 1;
    private static final int WITH_VERDICT = 2;
    private static final int SESSION_FORM = 3;

    private static final int SHARED = 1;
    private static final int RETAIN_AS_PUBLISHED = 2;
    private static final int FED = 4;

    private Records() {}

    // --- messages

    static byte[] message(Message message) {
        RecordWriter out =
                new RecordWriter(32 + message.topic().utf8().length + message.payload().length)
                        .octet(FORM);
        write(out, message);
        return out.toBytes();
    }

    private static void write(RecordWriter out, Message message) {
        out.binary(message.topic().utf8());
        out.octet(message.qos().value() | (message.retain() ? 4 : 0));
        out.number(message.expiresAt() == Message.NEVER ? 0 : message.expiresAt());
        write(out, message.properties());
        out.binary(message.payload());
    }

    public static Message message(byte[] value) {
        return message(value, new LastRead());
    }

    /// @param last what the message has as its topic and its properties where they are equal
    static Message message(byte[] value, LastRead last) {
        return read(value, in -> message(in, last));
    }

    private static Message message(RecordReader in, LastRead last) {
        Topic topic = last.topic(in, Records::topic);
        int flags = in.octet();
        long expiresAt = in.number();
        Properties properties = last.properties(in, Records::properties);
        return new Message(
                topic,
                in.binary(),
                QoS.of(flags & 3),
                (flags & 4) != 0,
                properties,
                expiresAt == 0 ? Message.NEVER : expiresAt);
    }

    private static Topic topic(RecordReader in) {
        byte[] utf8 = in.binary();
        return Topic.of(new String(utf8, UTF_8), utf8);
    }

    private static void write(RecordWriter out, Properties properties) {
        out.number(properties.size());
        for (int i = 0; i < properties.size(); i++) {
            out.octet(properties.keyAt(i).id());
            switch (properties.valueAt(i)) {
                case Long number -> out.number(number);
                case String text -> out.text(text);
                case byte[] binary -> out.binary(binary);
                case UserProperty pair -> out.text(pair.name()).text(pair.value());
                default -> throw new IllegalStateException("property of an unknown type");
            }
        }
    }

    private static Properties properties(RecordReader in) {
        int count = in.smallNumber();
        if (count == 0) {
            return Properties.NONE;
        }
        Properties.Builder properties = Properties.builder();
        for (int i = 0; i < count; i++) {
            int identifier = in.octet();
            Property property = Property.ofId(identifier);
            if (property == null) {
                throw new DamagedRecordException("property: " + identifier);
            }
            properties.add(
                    property,
                    switch (property.type()) {
                        case BYTE, TWO_BYTE_INTEGER, FOUR_BYTE_INTEGER, VARIABLE_BYTE_INTEGER ->
                                in.number();
                        case STRING -> in.text();
                        case BINARY -> in.binary();
                        case STRING_PAIR -> new UserProperty(in.text(), in.text());
                    });
        }
        return properties.build();
    }

    // --- queues

    /// @param messageId of the shared record, or 0 where the message is part of this one
    static byte[] queued(Kept kept, long messageId) {
        boolean inline = messageId == 0;
        Message message = kept.message();
        RecordWriter out =
                new RecordWriter(
                                32
                                        + (inline
                                                ? message.payload().length
                                                        + message.topic().utf8().length
                                                : 0))
                        .octet(FORM)
                        .octet(
                                (inline ? 0 : SHARED)
                                        | (kept.retainAsPublished() ? RETAIN_AS_PUBLISHED : 0)
                                        | (kept.isFed() ? FED : 0))
                        .octet(kept.maximumQos().value())
                        .octet(kept.phase().ordinal())
                        .number(kept.packetId())
                        .optionalText(kept.sharedBy())
                        .number(kept.subscriptionIds().length);
        for (int id : kept.subscriptionIds()) {
            out.number(id);
        }
        if (inline) {
            write(out, message);
        } else {
            out.number(messageId);
        }
        return out.toBytes();
    }

    public static QueueRecord queued(byte[] value) {
        return queued(value, new LastRead());
    }

    /// @param last as with [#message(byte[], LastRead)]
    static QueueRecord queued(byte[] value, LastRead last) {
        return read(
                value,
                in -> {
                    int flags = in.octet();
                    QoS maximumQos = QoS.of(in.octet());
                    Phase phase = Phase.of(in.octet());
                    int packetId = in.smallNumber();
                    String sharedBy = in.optionalText();
                    int[] ids = new int[in.smallNumber()];
                    for (int i = 0; i < ids.length; i++) {
                        ids[i] = in.smallNumber();
                    }
                    boolean inline = (flags & SHARED) == 0;
                    Message message = inline ? message(in, last) : null;
                    long messageId = inline ? 0 : in.number();
                    return new QueueRecord(
                            message,
                            messageId,
                            maximumQos,
                            (flags & RETAIN_AS_PUBLISHED) != 0,
                            ids,
                            sharedBy,
                            (flags & FED) != 0,
                            phase,
                            packetId);
                });
    }

    /// The id of the shared record that a record of a queue refers to; 0 where it has the message
    /// itself, or cannot be read.
    static long referredBy(byte[] value) {
        try {
            boolean isShared = value.length > 1 && (value[1] & SHARED) != 0;
            return isShared ? queued(value).messageId() : 0;
        } catch (DamagedRecordException _) {
            return 0;
        }
    }

    /// @param packetId 1..65535
    public record InFlightRecord(Phase phase, int packetId) {}

    static byte[] inFlight(Phase phase, int packetId) {
        return new RecordWriter(5).octet(FORM).octet(phase.ordinal()).number(packetId).toBytes();
    }

    public static InFlightRecord inFlight(byte[] value) {
        return read(value, in -> new InFlightRecord(Phase.of(in.octet()), in.smallNumber()));
    }

    // --- sessions

    static byte[] session(SessionRecord session) {
        RecordWriter out =
                new RecordWriter(64)
                        .octet(SESSION_FORM)
                        .text(session.principalId())
                        .text(session.clientId())
                        .number(session.expiryInterval())
                        .number(session.absentSince());
        Will will = session.will();
        out.octet(will == null ? 0 : 1);
        if (will != null) {
            out.binary(will.topic().utf8())
                    .octet(will.qos().value() | (will.retain() ? 4 : 0))
                    .binary(will.payload());
            write(out, will.properties());
            out.octet(session.willVerdict() == WillVerdict.GRANTED ? 1 : 0);
        }
        return out.number(session.looseIds()).toBytes();
    }

    public static SessionRecord session(byte[] value) {
        int found = value.length == 0 ? 0 : value[0];
        int form = found >= FORM && found < SESSION_FORM ? found : SESSION_FORM;
        return read(value, form, in -> session(in, form));
    }

    private static SessionRecord session(RecordReader in, int form) {
        String principalId = in.text();
        String clientId = in.text();
        long expiryInterval = in.number();
        long absentSince = in.number();
        Will will = will(in);
        return new SessionRecord(
                principalId,
                clientId,
                expiryInterval,
                absentSince,
                will,
                will == null || form < WITH_VERDICT ? WillVerdict.NOT_MADE : verdict(in),
                form < SESSION_FORM ? 0 : looseIds(in));
    }

    private static int looseIds(RecordReader in) {
        int count = in.smallNumber();
        if (count > SessionRecord.MOST_LOOSE_IDS) {
            throw new DamagedRecordException(
                    "loose packet identifiers: "
                            + count
                            + " (expected: at most "
                            + SessionRecord.MOST_LOOSE_IDS
                            + ")");
        }
        return count;
    }

    private static WillVerdict verdict(RecordReader in) {
        return in.octet() == 1 ? WillVerdict.GRANTED : WillVerdict.REFUSED;
    }

    private static @Nullable Will will(RecordReader in) {
        if (in.octet() == 0) {
            return null;
        }
        Topic topic = topic(in);
        int flags = in.octet();
        byte[] payload = in.binary();
        return new Will(topic, payload, QoS.of(flags & 3), (flags & 4) != 0, properties(in));
    }

    static byte[] subscription(SubscriptionRecord held) {
        Subscription subscription = held.subscription();
        return new RecordWriter(8)
                .octet(FORM)
                .octet(subscription.qos().value())
                .octet(
                        (subscription.noLocal() ? 1 : 0)
                                | (subscription.retainAsPublished() ? 2 : 0)
                                | (held.bringsRetained() ? 4 : 0))
                .octet(subscription.retainHandling().ordinal())
                .number(held.identifier())
                .toBytes();
    }

    /// @param key with the filter behind the number of the session
    public static SubscriptionRecord subscription(byte[] key, byte[] value) {
        return read(
                value,
                in -> {
                    QoS qos = QoS.of(in.octet());
                    int flags = in.octet();
                    RetainHandling retainHandling = RetainHandling.of(in.octet());
                    TopicFilter filter = TopicFilter.of(new String(Keys.name(key), UTF_8));
                    return new SubscriptionRecord(
                            new Subscription(
                                    filter,
                                    qos,
                                    (flags & 1) != 0,
                                    (flags & 2) != 0,
                                    retainHandling),
                            in.smallNumber(),
                            (flags & 4) != 0);
                });
    }

    // ---

    private interface Reading<T> {
        T from(RecordReader in);
    }

    private static <T> T read(byte[] value, Reading<T> reading) {
        return read(value, FORM, reading);
    }

    private static <T> T read(byte[] value, int expected, Reading<T> reading) {
        RecordReader in = new RecordReader(value);
        int form = in.octet();
        if (form != expected) {
            throw new DamagedRecordException("form: " + form + " (expected: " + expected + ")");
        }
        try {
            return reading.from(in);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new DamagedRecordException(String.valueOf(e.getMessage()), e);
        }
    }
}
