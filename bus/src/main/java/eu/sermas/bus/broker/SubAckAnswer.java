package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UserProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one SUBSCRIBE is told, gathered filter by filter.
///
/// A client that has the user property [#NARROW] in its SUBSCRIBE gets the part of a filter that it
/// may read where it may not read all of it, and one user property [#NARROWED] for each such
/// filter, with JSON: `{"filter":"app/A/#","granted":["app/A/ui/#"]}`.
final class SubAckAnswer {

    static final String NARROW = "sermas-narrow";
    static final String NARROWED = "sermas-narrowed";

    private static final UserProperty ASKED = new UserProperty(NARROW, "true");
    private static final int LONGEST_PROPERTY = 65_535;

    private final Subscribe packet;
    private final List<ReasonCode> codes;
    private final Properties.Builder properties = Properties.builder();
    private @Nullable String reason;

    SubAckAnswer(Subscribe packet) {
        this.packet = packet;
        this.codes = new ArrayList<>(packet.subscriptions().size());
    }

    /// The Subscription Identifier, or 0 for none.
    int identifier() {
        return (int) packet.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0);
    }

    boolean isToBeNarrowed() {
        return !packet.properties().isEmpty()
                && packet.properties().userProperties().contains(ASKED);
    }

    /// How many filters are answered.
    int size() {
        return codes.size();
    }

    void add(ReasonCode code) {
        codes.add(code);
    }

    void refuse(Violation refusal) {
        reason = reason == null ? refusal.reasonString() : reason;
        codes.add(refusal.reasonCode());
    }

    void narrowed(TopicFilter filter, List<TopicFilter> parts) {
        String json =
                "{\"filter\":"
                        + JsonText.quote(filter.text())
                        + ",\"granted\":"
                        + JsonText.quoteAll(parts.stream().map(TopicFilter::text).toList())
                        + "}";
        // Characters beyond ASCII take up to three bytes each.
        if (json.length() <= LONGEST_PROPERTY / 3) {
            properties.user(NARROWED, json);
        }
        reason = reason == null ? "narrowed to what is granted" : reason;
    }

    // With the identifier of SUBSCRIBE [MQTT-2.2.1-6], MQTT 3.1.1 [MQTT-2.3.1-7].
    SubAck packet() {
        properties.addIfPresent(Property.REASON_STRING, reason);
        return new SubAck(packet.packetId(), codes, properties.build());
    }
}
