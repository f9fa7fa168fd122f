package eu.sermas.bus.broker;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.metrics.Traffic;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.Connection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client inside of the process, for those who come another way than by MQTT. It speaks the same
/// packets to the same [Client] as a network connection does, so rights, limits, quotas and checks
/// are the same, and so is what acts on live connections.
///
/// Its methods may be called by any thread; what it does and hears is on the loop that owns it.
public final class LocalClient {

    /// What it hears; on the owner's loop, so nothing here may block.
    public interface Listener {

        /// @param retained whether this is what was retained before the subscription
        void received(Message message, boolean retained);

        /// A subscription is not granted any more, and gone.
        void dropped(TopicFilter filter, String reason);

        /// The broker has ended the connection. Called once at most, and not after [#close].
        void ended(ReasonCode reason, String reasonString);
    }

    /// The broker's answer to a packet.
    ///
    /// @param reasonString what it says more, or null
    public record Answer(ReasonCode reasonCode, @Nullable String reasonString) {}

    /// Listens to nothing; for publishing.
    public static final Listener DEAF =
            new Listener() {
                @Override
                public void received(Message message, boolean retained) {}

                @Override
                public void dropped(TopicFilter filter, String reason) {}

                @Override
                public void ended(ReasonCode reason, String reasonString) {}
            };

    private final String clientId;
    private final Shard shard;
    private final long pingMillis;

    // The owner's loop.
    private final Map<Integer, Consumer<Answer>> waiting = new HashMap<>();
    private Listener listener;
    private @Nullable Client client;
    private @Nullable Answer end;
    private int packetId;

    private LocalClient(String clientId, Shard shard, Limits limits, Listener listener) {
        this.clientId = clientId;
        this.shard = shard;
        this.pingMillis = limits.maxKeepAlive() * 1000L;
        this.listener = listener;
    }

    /// Begins a session that ends with its connection. On the owner's loop.
    ///
    /// @return one that answers everything with the reason, where it may not connect now
    static LocalClient connect(
            String clientId, Login login, Shard shard, Sessions sessions, Listener listener) {
        LocalClient local = new LocalClient(clientId, shard, sessions.limits(), listener);
        String obstacle = sessions.tokens().obstacle(login);
        if (obstacle != null) {
            local.end(ReasonCode.NOT_AUTHORIZED, obstacle);
            return local;
        }
        Connect connect =
                new Connect(
                        ProtocolVersion.MQTT_5,
                        clientId,
                        true,
                        0,
                        null,
                        null,
                        null,
                        Properties.NONE);
        Violation refusal = sessions.refusal(connect, login, clientId);
        if (refusal == null) {
            local.client =
                    sessions.connect(connect, clientId, false, login.current(), local.new Wire());
            local.ping();
        } else {
            local.end = new Answer(refusal.reasonCode(), refusal.reasonString());
        }
        return local;
    }

    public String clientId() {
        return clientId;
    }

    /// Subscribes at QoS 0: the connection cannot be lost, so nothing has to be repeated.
    ///
    /// @return the first refusal, or success
    public CompletionStage<Answer> subscribe(List<TopicFilter> filters) {
        List<Subscription> subscriptions =
                filters.stream().map(filter -> Subscription.of(filter, QoS.AT_MOST_ONCE)).toList();
        return ask(id -> new Subscribe(id, subscriptions, Properties.NONE));
    }

    /// Publishes with the rights of its login.
    ///
    /// @return once every session that must get the message answers for it; at QoS 0, where nobody
    ///   answers, at once
    public CompletionStage<Answer> publish(Message message) {
        if (message.qos() == QoS.AT_MOST_ONCE) {
            return CompletableFuture.supplyAsync(
                    () -> {
                        Answer ended = end;
                        if (ended != null) {
                            return ended;
                        }
                        receive(publish(message, 0));
                        return new Answer(ReasonCode.SUCCESS, null);
                    },
                    shard.loop()::execute);
        }
        return ask(id -> publish(message, id));
    }

    /// Publishes with the rights of its login, and is answered at QoS 0 too: those who get the
    /// message get it at QoS 0, and the publisher learns what MQTT has no word for.
    ///
    /// @return once the message is with every session that gets it
    public CompletionStage<Answer> tell(Message message) {
        return ask(id -> publish(message, id));
    }

    private static Publish publish(Message message, int packetId) {
        return new Publish(
                message.topic(),
                message.payload(),
                message.qos(),
                message.retain(),
                false,
                packetId,
                message.properties());
    }

    /// Ends the session; nothing is heard any more.
    public void close() {
        shard.loop()
                .execute(
                        () -> {
                            listener = DEAF;
                            receive(
                                    new Disconnect(
                                            ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
                        });
    }

    private interface Question {
        Packet with(int packetId);
    }

    private CompletionStage<Answer> ask(Question question) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        shard.loop()
                .execute(
                        () -> {
                            Answer ended = end;
                            if (ended != null) {
                                answer.complete(ended);
                                return;
                            }
                            packetId = packetId % Packet.MAX_PACKET_ID + 1;
                            waiting.put(packetId, answer::complete);
                            receive(question.with(packetId));
                        });
        return answer;
    }

    private void receive(Packet packet) {
        if (client != null) {
            client.receive(packet);
        }
    }

    /// An MQTT 5 client without a keep-alive is given one, which holds for this one too.
    private void ping() {
        if (end == null) {
            receive(PingReq.INSTANCE);
            shard.loop().schedule(this::ping, pingMillis);
        }
    }

    private void answered(int id, ReasonCode reason, Properties properties) {
        Consumer<Answer> asker = waiting.remove(id);
        if (asker != null) {
            asker.accept(new Answer(reason, properties.text(Property.REASON_STRING)));
        }
    }

    private void end(ReasonCode reason, @Nullable String reasonString) {
        if (end == null) {
            Answer last = new Answer(reason, reasonString);
            end = last;
            waiting.values().forEach(asker -> asker.accept(last));
            waiting.clear();
            listener.ended(reason, reasonString == null ? reason.toString() : reasonString);
        }
    }

    /// Where a network would begin.
    private final class Wire implements Connection {

        private final Traffic traffic = new Traffic();

        @Override
        public Traffic traffic() {
            return traffic;
        }

        @Override
        public ProtocolVersion version() {
            return ProtocolVersion.MQTT_5;
        }

        @Override
        public void send(Packet packet) {
            switch (packet) {
                case ConnAck answer when answer.reasonCode().isError() ->
                        end(answer.reasonCode(), answer.properties().text(Property.REASON_STRING));
                case SubAck answer ->
                        answered(
                                answer.packetId(),
                                answer.reasonCodes().stream()
                                        .filter(ReasonCode::isError)
                                        .findFirst()
                                        .orElse(ReasonCode.SUCCESS),
                                answer.properties());
                case PubAck answer ->
                        answered(answer.packetId(), answer.reasonCode(), answer.properties());
                case PubRec answer -> {
                    answered(answer.packetId(), answer.reasonCode(), answer.properties());
                    if (!answer.reasonCode().isError()) {
                        shard.loop().execute(() -> receive(PubRel.success(answer.packetId())));
                    }
                }
                case PubComp _ -> {}
                default -> {}
            }
        }

        @Override
        public boolean deliver(
                Message message,
                QoS qos,
                boolean retain,
                boolean dup,
                int packetId,
                int[] subscriptionIds,
                long now) {
            traffic.sent(1, 0);
            listener.received(message, retain);
            return true;
        }

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void dropped(TopicFilter filter, String reason) {
            listener.dropped(filter, reason);
        }

        @Override
        public void close(ReasonCode reason, @Nullable String reasonString) {
            end(reason, reasonString);
        }
    }
}
