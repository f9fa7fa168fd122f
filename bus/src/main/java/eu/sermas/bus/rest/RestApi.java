package eu.sermas.bus.rest;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.audit.AuditEntry;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.broker.Live;
import eu.sermas.bus.broker.live.QuotaUse;
import eu.sermas.bus.broker.live.SessionView;
import eu.sermas.bus.broker.live.ShareUse;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.rest.access.DenialResource;
import eu.sermas.bus.rest.access.ExplainResource;
import eu.sermas.bus.rest.access.GoAuthResource;
import eu.sermas.bus.rest.access.UnusedGrantsResource;
import eu.sermas.bus.rest.caller.DeniedCalls;
import eu.sermas.bus.rest.caller.EventStreams;
import eu.sermas.bus.rest.caller.Guard;
import eu.sermas.bus.rest.caller.Places;
import eu.sermas.bus.rest.documents.DocumentsResource;
import eu.sermas.bus.rest.documents.VocabularyResource;
import eu.sermas.bus.rest.documents.WellKnownResource;
import eu.sermas.bus.rest.events.EventResource;
import eu.sermas.bus.rest.events.EventSessions;
import eu.sermas.bus.rest.events.LocalClients;
import eu.sermas.bus.rest.events.Requests;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RestDispatcher;
import eu.sermas.bus.rest.http.RestHandler;
import eu.sermas.bus.rest.identity.AppAdminResource;
import eu.sermas.bus.rest.identity.AppModuleResource;
import eu.sermas.bus.rest.identity.AppResource;
import eu.sermas.bus.rest.identity.AuthResource;
import eu.sermas.bus.rest.identity.ClientResource;
import eu.sermas.bus.rest.identity.IssuerKeyResource;
import eu.sermas.bus.rest.identity.KnownFields;
import eu.sermas.bus.rest.identity.MemberResource;
import eu.sermas.bus.rest.identity.PlatformModuleResource;
import eu.sermas.bus.rest.identity.RevocationResource;
import eu.sermas.bus.rest.identity.TokenResource;
import eu.sermas.bus.rest.identity.UserResource;
import eu.sermas.bus.rest.operation.Deeds;
import eu.sermas.bus.rest.operation.QuotaResource;
import eu.sermas.bus.rest.operation.RetainedResource;
import eu.sermas.bus.rest.operation.SessionResource;
import eu.sermas.bus.rest.operation.StatusResource;
import eu.sermas.bus.rest.operation.SubscriptionResource;
import eu.sermas.bus.rest.relay.AgentResource;
import eu.sermas.bus.rest.relay.AppEvents;
import eu.sermas.bus.rest.relay.AppRecords;
import eu.sermas.bus.rest.relay.AppSessionResource;
import eu.sermas.bus.rest.relay.DetectionResource;
import eu.sermas.bus.rest.relay.MonitoringResource;
import eu.sermas.bus.rest.relay.RoboticsResource;
import eu.sermas.bus.rest.relay.StorageResource;
import eu.sermas.bus.rest.relay.UiResource;
import eu.sermas.bus.rest.relay.XrResource;
import eu.sermas.bus.time.BusClock;
import io.netty.channel.ChannelPipeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The REST API, ready to be put into the pipelines of HTTP connections. [#of] has the list of what
/// serves its routes; each room says which those are.
public final class RestApi implements AutoCloseable {

    /// What the broker does for it, from any thread.
    ///
    /// @param publish publishes in the name of the platform, whatever the rights
    /// @param connect begins a session of a caller
    /// @param renew puts a new token in force on a live MQTT connection
    /// @param sessions those of a principal, for people
    /// @param quota what the clients of an app use of it
    /// @param payloads what those of a topic are held against, or null
    /// @param shares what an app uses of what all apps use together
    /// @param live what people see of it
    public record BrokerDoors(
            Function<Message, CompletionStage<Void>> publish,
            LocalClients.Door connect,
            BiFunction<Login, String, CompletionStage<Boolean>> renew,
            Function<String, CompletionStage<List<SessionView>>> sessions,
            Function<Set<String>, List<QuotaUse>> quota,
            Function<Topic, @Nullable PayloadCheck> payloads,
            Function<String, List<ShareUse>> shares,
            Live live) {}

    /// Each may take many turns of the event loops.
    private static final int MOST_QUESTIONS = 16;

    private static final int MOST_QUESTIONS_OF_ONE = 4;

    private final HttpRules rules;
    private final Guard guard;
    private final RestDispatcher dispatcher;
    private final List<Object> resources;
    private final EventStreams streams;
    private final Consumer<String> forgetting;

    /// @param rules of HTTP
    /// @param denials what was refused
    /// @param audit is told what callers do to live state; never blocks
    /// @param obstacle why traffic should go elsewhere now, or null, for `GET /health/ready`
    /// @param version of the product, for the documents
    public static RestApi of(
            RestLimits limits,
            HttpRules rules,
            Identity identity,
            BrokerDoors broker,
            DenialFeed denials,
            Consumer<AuditEntry> audit,
            LiveCatalogue catalogue,
            Metrics metrics,
            BusClock clock,
            Supplier<@Nullable String> obstacle,
            String version) {
        EventStreams streams = new EventStreams(limits.streams(), limits.guaranteedApps(), clock);
        LocalClients clients = new LocalClients(broker.connect());
        AppEvents events = new AppEvents(clients, clock.world());
        AppRecords records =
                new AppRecords(
                        new Shares(limits.recordBytes(), limits.guaranteedApps()),
                        identity.registry()::madeWith);
        DenialResource refused =
                new DenialResource(denials, identity.registry(), identity.revocations(), streams);
        DeniedCalls denied = new DeniedCalls(denials, identity.registry());
        Deeds deeds = new Deeds(audit, clock.world());
        Places questions =
                new Places(
                        "questions about live state",
                        MOST_QUESTIONS_OF_ONE,
                        new Shares(MOST_QUESTIONS, limits.guaranteedApps()));
        // What serves each route, by the room that it is in.
        List<Object> resources = new ArrayList<>();
        Collections.addAll(
                resources,
                // operation
                new StatusResource(metrics, obstacle),
                new SessionResource(broker.renew(), broker.live(), denials, questions, deeds),
                new SubscriptionResource(broker.live(), questions),
                new RetainedResource(broker.live(), questions, deeds),
                new QuotaResource(
                        appId -> identity.registry().app(appId).isPresent(),
                        broker.quota(),
                        broker.shares()),
                // documents
                new WellKnownResource(identity::jwks),
                new VocabularyResource(catalogue),
                new DocumentsResource(() -> resources, catalogue, version),
                // identity
                new TokenResource(identity.tokens(), denied),
                new IssuerKeyResource(identity.keys()),
                new RevocationResource(identity.revocations(), identity.registry()),
                new AuthResource(identity.tokens(), denied),
                new UserResource(identity.users(), identity.registry(), identity.tokens()),
                new AppResource(identity.registry()),
                new AppAdminResource(identity.registry()),
                new MemberResource(identity.registry(), identity.users()),
                new ClientResource(identity.registry(), catalogue),
                new AppModuleResource(identity.registry()),
                new PlatformModuleResource(identity.registry()),
                // access
                refused,
                new UnusedGrantsResource(identity.registry(), clock.world().instant()),
                explain(identity, broker, catalogue),
                new GoAuthResource(),
                // events
                events(limits, broker, clients, streams),
                // relay
                new UiResource(events),
                new DetectionResource(events),
                new RoboticsResource(events),
                new XrResource(events, records),
                new AgentResource(events, records),
                new AppSessionResource(events, records),
                new StorageResource(events, records),
                new MonitoringResource(events, records));
        Guard guard = new Guard(token -> identity.verifier().verify(token));
        Consumer<String> forgetting =
                appId -> {
                    records.forget(appId);
                    refused.forget(appId);
                };
        return new RestApi(
                limits, rules, List.copyOf(resources), guard, streams, denied::tell, forgetting);
    }

    private static ExplainResource explain(
            Identity identity, BrokerDoors broker, LiveCatalogue catalogue) {
        return new ExplainResource(
                token -> identity.verifier().verify(token),
                identity.rights(),
                identity.registry(),
                new ExplainResource.Live(broker.sessions(), broker.quota(), broker.payloads()),
                catalogue);
    }

    private static EventResource events(
            RestLimits limits, BrokerDoors broker, LocalClients clients, EventStreams streams) {
        return new EventResource(
                clients,
                new EventSessions(streams, clients, broker.renew()),
                // Those who wait must not take every place of those who do not.
                new Requests(clients, streams, Math.max(1, limits.maxConcurrentRequests() / 2)));
    }

    /// @param refusals is told of each request that is refused
    /// @param forgetting lets go of everything that is remembered of an app
    RestApi(
            RestLimits limits,
            HttpRules rules,
            List<Object> resources,
            Guard guard,
            EventStreams streams,
            Consumer<Refused> refusals,
            Consumer<String> forgetting) {
        this.rules = rules;
        this.forgetting = forgetting;
        this.streams = streams;
        this.resources = resources;
        this.guard = guard;
        dispatcher =
                new RestDispatcher(
                        resources,
                        new RestDispatcher.Frame(guard, KnownFields::require, refusals),
                        limits.maxBodyBytes());
    }

    /// Appends the handler of the API; the [HttpCodec] is in the pipeline already. It reads one
    /// request at a time, so it switches automatic reading off for as long as it is in the
    /// pipeline. On the event loop.
    public void install(ChannelPipeline pipeline) {
        pipeline.addLast(new RestHandler(rules, dispatcher, guard));
    }

    /// What requests are served by.
    List<Object> resources() {
        return resources;
    }

    /// Lets go of everything that is remembered of an app, which has been deleted: records,
    /// sessions, markers, agents, monitoring, refusals. From any thread; does not wait for anybody.
    public void forgetApp(String appId) {
        forgetting.accept(appId);
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
