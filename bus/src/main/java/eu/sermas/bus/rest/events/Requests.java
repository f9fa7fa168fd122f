package eu.sermas.bus.rest.events;

import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.EventStreams;
import eu.sermas.bus.rest.caller.Places;
import eu.sermas.bus.rest.http.Conventions;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.ShownPayload;
import jakarta.ws.rs.core.Response;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Questions over HTTP that somebody answers over MQTT (MQTT 5 section 4.10): the message carries a
/// Response Topic and Correlation Data, and what comes there with the same data is the answer.
///
/// Where the caller names no response topic, the question gets one of its own, below its topic's
/// resource and scope: whoever may answer there needs no other grant than to publish on the topic
/// itself. On such a topic an answer counts without Correlation Data too, for the sake of those who
/// answer with MQTT 3.
public final class Requests {

    private static final int SCOPE_LEVELS = 4;
    private static final Duration LEAST = Duration.ofMillis(1);

    private final LocalClients clients;
    private final Duration maxWait;
    private final Places places;

    /// @param most that wait for an answer at once
    public Requests(LocalClients clients, EventStreams streams, int most) {
        this.clients = clients;
        maxWait = streams.limits().maxWait();
        places = streams.places("requests that wait for an answer", most);
    }

    /// @param timeout seconds
    /// @throws Refused 504 where nobody has answered in time, or nobody subscribes to the topic
    Response ask(Caller caller, Message question, String timeout, @Nullable String responseTopic) {
        Duration patience = patience(timeout);
        String correlation = UUID.randomUUID().toString();
        Topic answerTopic =
                responseTopic == null
                        ? ownTopic(question.topic(), correlation)
                        : topic(responseTopic);
        Places.Place place = places.take(caller);
        Answer answer =
                new Answer(correlation.getBytes(StandardCharsets.UTF_8), responseTopic == null);
        LocalClient client = null;
        try {
            client = clients.connect(caller, answer);
            TopicFilter filter = TopicFilter.of(answerTopic.name());
            LocalClients.require(LocalClients.await(client.subscribe(List.of(filter))));
            LocalClient.Answer published =
                    LocalClients.await(client.publish(question(question, answerTopic, answer)));
            LocalClients.require(published);
            if (published.reasonCode() == ReasonCode.NO_MATCHING_SUBSCRIBERS) {
                throw Refused.timedOut("nobody subscribes to " + question.topic());
            }
            return response(answer.await(question.topic(), patience));
        } finally {
            place.close();
            if (client != null) {
                client.close();
            }
        }
    }

    private Duration patience(String seconds) {
        try {
            Duration asked =
                    Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValue());
            if (asked.compareTo(LEAST) >= 0 && asked.compareTo(maxWait) <= 0) {
                return asked;
            }
        } catch (NumberFormatException | ArithmeticException _) {
            // refused below
        }
        throw Refused.badRequest(
                "timeout: '%s' (expected: seconds, at most %s)"
                        .formatted(seconds, maxWait.toSeconds()));
    }

    private static Topic topic(String name) {
        try {
            return Topic.of(name);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest("responseTopic: " + e.getMessage());
        }
    }

    private static Topic ownTopic(Topic topic, String correlation) {
        String scope =
                String.join(
                        "/",
                        Arrays.copyOf(
                                topic.levels(), Math.min(SCOPE_LEVELS, topic.levels().length)));
        return Topic.of(scope + "/http-response/" + correlation);
    }

    private static Message question(Message message, Topic answerTopic, Answer answer) {
        return new Message(
                message.topic(),
                message.payload(),
                message.qos(),
                message.retain(),
                Properties.builder()
                        .add(Property.RESPONSE_TOPIC, answerTopic.name())
                        .add(Property.CORRELATION_DATA, answer.correlation)
                        .build(),
                message.expiresAt());
    }

    /// A browser must not take what somebody published for a page of ours.
    private static Response response(Message answer) {
        String text = ShownPayload.text(answer.payload());
        String type =
                text == null
                        ? "application/octet-stream"
                        : ShownPayload.isStructure(text)
                                ? Conventions.JSON
                                : "text/plain; charset=utf-8";
        return Response.status(201).entity(answer.payload()).header("Content-Type", type).build();
    }

    /// Waits on the response topic.
    private static final class Answer implements LocalClient.Listener {

        private final byte[] correlation;
        private final boolean ownTopic;
        private final CompletableFuture<Message> first = new CompletableFuture<>();

        Answer(byte[] correlation, boolean ownTopic) {
            this.correlation = correlation;
            this.ownTopic = ownTopic;
        }

        Message await(Topic asked, Duration patience) {
            try {
                return first.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof TimeoutException) {
                    throw Refused.timedOut(
                            "%s: no answer within %s s"
                                    .formatted(
                                            asked,
                                            BigDecimal.valueOf(patience.toMillis(), 3)
                                                    .stripTrailingZeros()
                                                    .toPlainString()));
                }
                throw e.getCause() instanceof Refused refused ? refused : e;
            }
        }

        @Override
        public void received(Message message, boolean retained) {
            byte[] data = message.properties().binary(Property.CORRELATION_DATA);
            if (!retained && (data == null ? ownTopic : Arrays.equals(data, correlation))) {
                first.complete(message);
            }
        }

        @Override
        public void dropped(TopicFilter filter, String reason) {
            first.completeExceptionally(Refused.forbidden(reason));
        }

        @Override
        public void ended(ReasonCode reason, String reasonString) {
            first.completeExceptionally(Refused.unavailable(reasonString));
        }
    }
}
