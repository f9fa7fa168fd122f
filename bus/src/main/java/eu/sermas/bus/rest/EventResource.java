package eu.sermas.bus.rest;

import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Publishing for those who have no MQTT: the body goes out as it is, with the caller's rights. The
/// answer comes when the message is with every subscriber's session.
@Path("api/events")
public final class EventResource {

    private static final String PREFIX = "/api/events/";

    private final Function<Message, CompletionStage<Void>> publisher;
    private final Metrics metrics;

    EventResource(Function<Message, CompletionStage<Void>> publisher, Metrics metrics) {
        this.publisher = publisher;
        this.metrics = metrics;
    }

    /// The path behind `/api/events/` is the topic, each segment one level.
    @POST
    @Path("app/{appId}/{levels: .+}")
    @Needs(Access.TOKEN)
    public void publish(
            @Context Caller caller,
            @QueryParam("qos") @DefaultValue("0") String qos,
            @QueryParam("retain") @DefaultValue("false") String retain,
            byte[] payload) {
        Topic topic = topicOf(RestRequest.current().target());
        Verdict verdict = caller.rights().mayPublish(topic);
        if (!verdict.isAllowed()) {
            metrics.increment(Count.PUBLISH_DENIED);
        }
        caller.require(verdict);
        Message message =
                new Message(
                        topic, payload, qosOf(qos), isTrue(retain), Properties.NONE, Message.NEVER);
        publisher.apply(message).toCompletableFuture().join();
    }

    private static Topic topicOf(String target) {
        String path = RequestTarget.pathOf(target).substring(PREFIX.length());
        String name =
                Arrays.stream(path.split("/", -1))
                        .map(RequestTarget::decode)
                        .collect(Collectors.joining("/"));
        try {
            return Topic.of(name);
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
