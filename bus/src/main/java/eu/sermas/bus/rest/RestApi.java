package eu.sermas.bus.rest;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import io.netty.channel.ChannelPipeline;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The REST API, ready to be put into the pipelines of HTTP connections.
public final class RestApi implements AutoCloseable {

    private final RestLimits limits;
    private final Load load;
    private final RestDispatcher dispatcher;

    /// @param publisher publishes in the name of the platform, whatever the rights: the broker
    /// @param renewal puts a new token in force on a live MQTT connection: the broker
    /// @param obstacle why traffic should go elsewhere now, or null, for `GET /health/ready`
    public RestApi(
            RestLimits limits,
            Identity identity,
            Function<Message, CompletionStage<Void>> publisher,
            BiFunction<Login, String, CompletionStage<Boolean>> renewal,
            Metrics metrics,
            Supplier<@Nullable String> obstacle) {
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
                        new EventResource(publisher, metrics),
                        new SessionResource(renewal)),
                new Guard(token -> identity.verifier().verify(token)));
    }

    RestApi(RestLimits limits, List<Object> resources, Guard guard) {
        this.limits = limits;
        load = new Load(limits);
        dispatcher = new RestDispatcher(resources, guard);
    }

    /// Appends the handler of the API; the `HttpServerCodec` is in the pipeline already. It reads
    /// one request at a time, so it switches automatic reading off for as long as it is in the
    /// pipeline. On the event loop.
    public void install(ChannelPipeline pipeline) {
        pipeline.addLast(new RestHandler(limits, load, dispatcher));
    }

    /// Waits for the requests in work.
    @Override
    public void close() {
        dispatcher.close();
    }
}
