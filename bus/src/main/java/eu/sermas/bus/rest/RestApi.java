package eu.sermas.bus.rest;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.broker.SessionView;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import io.netty.channel.ChannelPipeline;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The REST API, ready to be put into the pipelines of HTTP connections.
public final class RestApi implements AutoCloseable {

    /// Begins a session of the broker without a network.
    @FunctionalInterface
    public interface Door {
        CompletionStage<LocalClient> connect(
                String clientId, Login login, LocalClient.Listener listener);
    }

    /// What the broker does for it, from any thread.
    ///
    /// @param publish publishes in the name of the platform, whatever the rights
    /// @param connect begins a session of a caller
    /// @param renew puts a new token in force on a live MQTT connection
    /// @param sessions those of a principal, for people
    public record BrokerDoors(
            Function<Message, CompletionStage<Void>> publish,
            Door connect,
            BiFunction<Login, String, CompletionStage<Boolean>> renew,
            Function<String, CompletionStage<List<SessionView>>> sessions) {}

    private final RestLimits limits;
    private final Load load;
    private final RestDispatcher dispatcher;
    private final EventStreams streams;

    /// @param denials what was refused
    /// @param obstacle why traffic should go elsewhere now, or null, for `GET /health/ready`
    public RestApi(
            RestLimits limits,
            Identity identity,
            BrokerDoors broker,
            DenialFeed denials,
            Metrics metrics,
            InstantSource clock,
            Supplier<@Nullable String> obstacle) {
        this(
                limits,
                identity,
                broker,
                denials,
                metrics,
                obstacle,
                new EventStreams(limits.streams(), clock));
    }

    private RestApi(
            RestLimits limits,
            Identity identity,
            BrokerDoors broker,
            DenialFeed denials,
            Metrics metrics,
            Supplier<@Nullable String> obstacle,
            EventStreams streams) {
        this(
                limits,
                List.of(
                        new StatusResource(metrics, identity.jwks(), obstacle),
                        new VocabularyResource(),
                        new TokenResource(identity.tokens()),
                        new AuthResource(identity.tokens(), identity.users()),
                        new AppResource(identity.registry()),
                        new AppAdminResource(identity.registry()),
                        new ClientResource(identity.registry()),
                        new AppModuleResource(identity.registry()),
                        new PlatformModuleResource(identity.registry()),
                        events(limits, broker, streams),
                        new SessionResource(broker.renew()),
                        new GoAuthResource(),
                        new DenialResource(
                                denials, identity.registry(), identity.rights(), streams),
                        new UnusedGrantsResource(identity.registry(), Instant.now()),
                        new ExplainResource(
                                token -> identity.verifier().verify(token),
                                identity.rights(),
                                identity.registry(),
                                broker.sessions())),
                new Guard(token -> identity.verifier().verify(token)),
                streams);
    }

    private static EventResource events(
            RestLimits limits, BrokerDoors broker, EventStreams streams) {
        LocalClients clients = new LocalClients(broker.connect());
        return new EventResource(
                clients,
                new EventSessions(streams, clients, broker.renew()),
                new Requests(clients, limits));
    }

    RestApi(RestLimits limits, List<Object> resources, Guard guard, EventStreams streams) {
        this.limits = limits;
        this.streams = streams;
        load = new Load(limits);
        dispatcher = new RestDispatcher(resources, guard);
    }

    /// Appends the handler of the API; the `HttpServerCodec` is in the pipeline already. It reads
    /// one request at a time, so it switches automatic reading off for as long as it is in the
    /// pipeline. On the event loop.
    public void install(ChannelPipeline pipeline) {
        pipeline.addLast(new RestHandler(limits, load, dispatcher));
    }

    /// Tells the readers of event streams that they end.
    public void endStreams() {
        streams.stop();
    }

    /// Waits for the requests in work.
    @Override
    public void close() {
        endStreams();
        dispatcher.close();
    }
}
