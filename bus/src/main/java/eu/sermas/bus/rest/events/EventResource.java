package eu.sermas.bus.rest.events;

import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.EventStream;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RequestTarget;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The bus for those who have no MQTT, with the same rights: publish, listen, ask and get an
/// answer. What stands behind `/api/events/` is the topic or the filter, each segment one level.
@Path("api/events")
public final class EventResource {

    private static final String PREFIX = "/api/events";

    private final LocalClients clients;
    private final EventSessions sessions;
    private final Requests requests;

    public EventResource(LocalClients clients, EventSessions sessions, Requests requests) {
        this.clients = clients;
        this.sessions = sessions;
        this.requests = requests;
    }

    /// Publishes the body as it is. The answer comes when every session that must get the message
    /// answers for it; at QoS 0 at once.
    ///
    /// @param timeout seconds to wait for somebody's answer, which is then the answer to this
    ///   request; absent for none
    /// @param responseTopic where the answer is expected, or absent for a topic of its own
    @POST
    @Path("app/{appId}/{levels: .+}")
    @Needs(Access.TOKEN)
    public @Nullable Response publish(
            @Context Caller caller,
            @QueryParam("qos") @DefaultValue("1") String qos,
            @QueryParam("retain") @DefaultValue("false") String retain,
            @QueryParam("timeout") @Nullable String timeout,
            @QueryParam("responseTopic") @Nullable String responseTopic,
            byte[] payload) {
        Message message =
                new Message(
                        parsed(Topic::of, nameIn(RestRequest.current().target())),
                        payload,
                        qosOf(qos),
                        isTrue(retain),
                        Properties.NONE,
                        Message.NEVER);
        if (timeout != null) {
            return requests.ask(caller, message, timeout, responseTopic);
        }
        if (responseTopic != null) {
            throw Refused.badRequest("responseTopic: without a timeout");
        }
        LocalClient client = clients.connect(caller, LocalClient.DEAF);
        try {
            LocalClients.require(LocalClients.await(client.publish(message)));
        } finally {
            client.close();
        }
        return null;
    }

    /// What is published to the filters, as server-sent events; filters of the query begin at the
    /// path.
    @GET
    @Path("app/{appId}")
    @Needs(Access.TOKEN)
    public EventStream listenInApp(
            @Context Caller caller, @QueryParam("filter") List<String> filter) {
        return listen(caller, filter);
    }

    @GET
    @Path("app/{appId}/{levels: .+}")
    @Needs(Access.TOKEN)
    public EventStream listenBelow(
            @Context Caller caller, @QueryParam("filter") List<String> filter) {
        return listen(caller, filter);
    }

    @GET
    @Needs(Access.TOKEN)
    public EventStream listen(@Context Caller caller, @QueryParam("filter") List<String> filter) {
        String target = RestRequest.current().target();
        String base = nameIn(target);
        List<String> asked = RequestTarget.parameters(target, "filter");
        List<String> names =
                asked.isEmpty() && !base.isEmpty()
                        ? List.of(base)
                        : asked.stream()
                                .map(each -> base.isEmpty() ? each : base + "/" + each)
                                .toList();
        if (names.isEmpty()) {
            throw Refused.badRequest("filter: none (expected: at least one)");
        }
        return sessions.open(
                caller, names.stream().map(name -> parsed(TopicFilter::of, name)).toList());
    }

    /// The topic or filter in the path, or the empty string.
    private static String nameIn(String target) {
        String path = RequestTarget.pathOf(target).substring(PREFIX.length());
        return Arrays.stream(path.split("/", -1))
                .skip(1)
                .map(RequestTarget::decode)
                .collect(Collectors.joining("/"));
    }

    private static <T> T parsed(Function<String, T> parser, String text) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static QoS qosOf(String text) {
        return switch (text) {
            case "0" -> QoS.AT_MOST_ONCE;
            case "1" -> QoS.AT_LEAST_ONCE;
            case "2" -> QoS.EXACTLY_ONCE;
            default -> throw Refused.badRequest("qos: '" + text + "' (expected: 0..2)");
        };
    }

    private static boolean isTrue(String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Refused.badRequest("retain: '" + text + "' (expected: true or false)");
        };
    }
}
