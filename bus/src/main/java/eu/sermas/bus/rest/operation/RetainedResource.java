package eu.sermas.bus.rest.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.Live;
import eu.sermas.bus.broker.live.Page;
import eu.sermas.bus.broker.live.RetainedRow;
import eu.sermas.bus.broker.live.TopicPlace;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.UserProperty;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Places;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RequestTarget;
import eu.sermas.bus.rest.http.RestRequest;
import eu.sermas.bus.rest.http.ShownPayload;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Retained messages. They are read by whoever may subscribe to them, and let go of by whoever may
/// publish an empty one in their place; the rights are asked as for MQTT. Administrators may do
/// both everywhere.
@Path("api/mqtt/retained")
public final class RetainedResource {

    private static final int MOST_SHOWN = 256 * 1024;

    /// @param bytes of the payload
    /// @param expires absent for never
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Listed(String topic, int qos, int bytes, @Nullable String expires) {

        static Listed of(RetainedRow retained) {
            Message message = retained.message();
            return new Listed(
                    message.topic().name(),
                    message.qos().value(),
                    message.payload().length,
                    SessionViews.time(retained.expiresAt()));
        }
    }

    /// @param next the cursor of the next page; absent on the last one
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ListedPage(List<Listed> messages, @Nullable String next) {}

    /// @param payload as in the events of `/api/events`: JSON, or a string
    /// @param bytes of the payload
    /// @param truncated whether the payload is longer than what is shown of it, in base64
    /// @param expires absent for never
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record Retained(
            String topic,
            @JsonRawValue Object payload,
            String encoding,
            @JsonInclude(JsonInclude.Include.ALWAYS) int qos,
            int bytes,
            @Nullable Boolean truncated,
            @Nullable String expires,
            @Nullable String contentType,
            @Nullable String responseTopic,
            byte @Nullable [] correlationData,
            List<UserProperty> userProperties) {

        static Retained of(RetainedRow retained) {
            Message message = retained.message();
            byte[] payload = message.payload();
            ShownPayload shown = ShownPayload.of(payload, MOST_SHOWN);
            return new Retained(
                    message.topic().name(),
                    shown.json(),
                    shown.encoding(),
                    message.qos().value(),
                    payload.length,
                    payload.length > MOST_SHOWN ? true : null,
                    SessionViews.time(retained.expiresAt()),
                    message.properties().text(Property.CONTENT_TYPE),
                    message.properties().text(Property.RESPONSE_TOPIC),
                    message.properties().binary(Property.CORRELATION_DATA),
                    message.properties().userProperties());
        }
    }

    private final Live live;
    private final Places places;
    private final Deeds deeds;

    public RetainedResource(Live live, Places places, Deeds deeds) {
        this.live = live;
        this.places = places;
        this.deeds = deeds;
    }

    /// By topic, without their payloads.
    ///
    /// @param filter is read as it came: a `+` is a `+`
    @GET
    @Needs(Access.TOKEN)
    public ListedPage retainedMessages(
            @Context Caller caller,
            @QueryParam("filter") @Nullable String filter,
            @QueryParam("limit") @DefaultValue(Paging.DEFAULT_LIMIT) String limit,
            @QueryParam("cursor") @Nullable String cursor) {
        List<String> named = RequestTarget.parameters(RestRequest.current().target(), "filter");
        TopicFilter asked = Names.filter(named.isEmpty() ? filter : named.getFirst());
        requireReading(caller, asked);
        TopicPlace after = Paging.cursor(cursor, TopicPlace::parse);
        int most = Paging.limit(limit);
        try (Places.Place _ = places.take(caller)) {
            Page<RetainedRow, TopicPlace> page = live.retained(asked, after, most);
            TopicPlace next = page.next();
            return new ListedPage(
                    page.items().stream().map(Listed::of).toList(),
                    next == null ? null : next.toString());
        }
    }

    @GET
    @Path("message")
    @Needs(Access.TOKEN)
    public Retained retainedMessage(
            @Context Caller caller, @QueryParam("topic") @Nullable String topic) {
        Topic asked = Names.topic(topic);
        requireReading(caller, TopicFilter.of(asked.name()));
        RetainedRow retained = live.retained(asked);
        if (retained == null) {
            throw Refused.notFound("nothing retained");
        }
        return Retained.of(retained);
    }

    /// Subscribers are not told.
    @DELETE
    @Path("message")
    @Needs(Access.TOKEN)
    public void removeRetainedMessage(
            @Context Caller caller, @QueryParam("topic") @Nullable String topic) {
        Topic asked = Names.topic(topic);
        require(caller, caller.rights().mayPublish(asked));
        if (!live.removeRetained(asked)) {
            throw Refused.notFound("nothing retained");
        }
        deeds.retainedRemoved(asked);
    }

    private static void requireReading(Caller caller, TopicFilter filter) {
        require(caller, caller.rights().maySubscribe(filter));
    }

    /// Administrators may look at several apps at once, and remove what only the bus publishes.
    private static void require(Caller caller, Verdict verdict) {
        if (caller.principal().isPlatformAdmin()) {
            return;
        }
        caller.require(verdict);
        String unfit = verdict.refusal(QoS.AT_MOST_ONCE, true);
        if (unfit != null) {
            throw Refused.forbidden(Rule.MISSING_GRANT, unfit);
        }
    }
}
