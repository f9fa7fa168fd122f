package eu.sermas.bus.broker;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Denial;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.live.QuotaUse;
import eu.sermas.bus.broker.live.SessionView;
import eu.sermas.bus.broker.live.ShareUse;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.SubscriptionTree;
import eu.sermas.bus.session.Connection;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.time.BusClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The broker: every session, and the way of a message from its publisher to their queues.
///
/// The sessions are divided among the event loops by their key, and each loop alone touches its
/// own. What all loops share is read without locks: the subscription tree and the retained
/// messages.
public final class Broker {

    private static final long RETAINED_SWEEP_MILLIS = 30_000;

    private final Limits limits;
    private final Features features;
    private final Metrics metrics;
    private final BusClock clock;
    private final DurabilityPolicy durability;
    private final List<Shard> shards;
    private final List<Sessions> sessions;
    private final Router router;
    private final Denials denials;
    private final Usages usages;
    private final Live live;
    private final Shares held;
    private final Shares inSessions;
    private final Shares onDisk;

    /// @param loops the loops that own the sessions, at least one
    public Broker(
            Limits limits,
            Features features,
            TokenCheck tokens,
            List<? extends EventLoop> loops,
            BusClock clock,
            Metrics metrics,
            DurabilityPolicy durability) {
        this.durability = durability;
        this.clock = clock;
        this.limits = limits;
        this.features = features;
        this.metrics = metrics;
        this.denials = new Denials(metrics);
        MemoryLimits memory = limits.memory();
        this.held = memory.heldShares();
        this.inSessions = memory.sessionShares();
        this.onDisk = memory.diskShares();
        SubscriptionTree<Session> subscriptions = new SubscriptionTree<>();
        this.usages = new Usages(metrics);
        RetainedMessages retained = new RetainedMessages(usages, memory.retainedShares());
        List<Shard> made = new ArrayList<>();
        for (EventLoop loop : loops) {
            RouteCache routes =
                    new RouteCache(
                            subscriptions,
                            loops.size(),
                            memory.routes() / loops.size(),
                            features.sharedStrategy(),
                            durability);
            Accounts accounts = new Accounts(held, inSessions, onDisk, loops.size());
            made.add(new Shard(made.size(), loop, clock, metrics, routes, accounts, denials));
        }
        this.shards = List.copyOf(made);
        this.router = new Router(shards, subscriptions, retained);
        this.sessions =
                shards.stream()
                        .map(shard -> new Sessions(shard, router, limits, features, tokens, usages))
                        .toList();
        this.live = new Live(shards, sessions, router, clock);
        shards.forEach(shard -> shard.introduce(shards, memory.inTransit(shards.size())));
        sweepRetained(shards.getFirst());
        metrics.gauge("retained", "retained messages", retained::size);
        metrics.gauge("sessions", "sessions, connected or not", this::sessionCount);
        metrics.gauge("clients", "clients that are connected", this::connectedClients);
        metrics.gauge("deadlines", "wills, ends of sessions and checks to come", this::deadlines);
        metrics.gauge("subscriptions", "subscriptions of all sessions", subscriptions::size);
        gaugeBytes("held.bytes", "memory for messages that wait or are in flight", held::used);
        gaugeBytes(
                "paged.bytes", "disk for messages that wait and are not in memory", onDisk::used);
        gaugeBytes("sessions.bytes", "memory for sessions and subscriptions", inSessions::used);
        gaugeBytes("retained.bytes", "memory for retained messages", retained::bytes);
        gaugeBytes(
                "queued.bytes",
                "cost of messages that wait, each as often as it does",
                this::queuedBytes);
        gaugeBytes(
                "inflight.bytes",
                "cost of messages that are not acknowledged, each as often as it is sent",
                () -> shards.stream().mapToLong(shard -> shard.tally().inFlightBytes()).sum());
    }

    private void gaugeBytes(String name, String description, Supplier<Number> value) {
        metrics.gauge(name, description + ", in bytes", value);
    }

    public Limits limits() {
        return limits;
    }

    /// What CONNECT asks for that this broker does not offer, or null; such a client is refused.
    public @Nullable Violation refusal(Connect connect) {
        return features.refusal(connect);
    }

    /// Limits what each app may use. To be called once, before everything else.
    public void limitApps(Quotas quotas) {
        usages.limit(quotas);
    }

    /// Why this client may not connect now, or null. On the owner loop.
    ///
    /// @param clientId that of CONNECT, or the one assigned for an empty one
    public @Nullable Violation refusal(Connect connect, Login login, String clientId) {
        int owner = ownerOf(login.principal(), clientId);
        return sessions.get(owner).refusal(connect, login, clientId);
    }

    /// What the clients of one app use of its quota, as far as it has one: empty for other sets of
    /// apps. From any thread.
    public List<QuotaUse> quotaOf(Set<String> appIds) {
        AppUsage usage = usages.of(appIds);
        return usage == null ? List.of() : usage.uses(clock.now());
    }

    /// What one app uses of the memory and the disk that all apps have together. From any thread.
    public List<ShareUse> sharesOf(String appId) {
        return List.of(
                use("messages", held, appId),
                use("sessions", inSessions, appId),
                use("disk", onDisk, appId),
                use("retained", router.retained().memory(), appId));
    }

    private static ShareUse use(String name, Shares shares, String appId) {
        return new ShareUse(
                name, shares.usedBy(appId), shares.guarantee(), shares.used(), shares.total());
    }

    /// What people see of it, and do to single sessions and messages.
    public Live live() {
        return live;
    }

    /// What the payloads of a topic are held against, or null. From any thread.
    public @Nullable PayloadCheck payloadCheck(Topic topic) {
        return denials.payloads().of(topic);
    }

    /// Keeps sessions, queues and retained messages in this store from now on, and goes on with
    /// what an earlier process left there. To be called once, before the first client comes.
    ///
    /// @param rights those of a principal of this id, or null where there is none any more
    /// @return completes when everything is in force, or with the store's failure to read
    public CompletionStage<Void> keepIn(
            Store store, Function<String, @Nullable RightsWhileAway> rights) {
        return new Restart(
                        store,
                        limits.memory().references(),
                        shards,
                        sessions,
                        router,
                        durability,
                        clock,
                        metrics)
                .begin(key -> ownerOf(key.principalId(), key.clientId()), rights);
    }

    /// Who is told of everything that is refused, and of messages that are dropped. To be called
    /// once, before the first client comes.
    ///
    /// @param told never blocks, and is called by all loops
    public void reportDenials(Consumer<Denial> told) {
        denials.listener(told);
    }

    /// Looks at the payloads of some topics. To be called once, before the first client comes.
    public void checkPayloads(PayloadChecks checks) {
        denials.payloads(checks);
    }

    /// The catalogue has changed: what is known of topics is asked for anew. From any thread.
    ///
    /// @param appId whose topics are concerned, or null for all
    public CompletionStage<Void> reviewTopics(@Nullable String appId) {
        return onEveryLoop(owned -> owned.reviewTopics(appId));
    }

    /// Passes on a refusal that did not get as far as the broker.
    public void denied(Denial denial) {
        denials.pass(denial);
    }

    /// Begins to tell operators about the broker on `$SYS/...`.
    ///
    /// @param interval seconds between two updates
    public void publishStatus(String version, int interval) {
        new Status(this, metrics, version, shards.getFirst(), interval).start();
    }

    /// Clients that are connected now; may be read by any thread, which sees it a little late.
    int connectedClients() {
        return sessions.stream().mapToInt(Sessions::connected).sum();
    }

    /// What messages that wait or are in flight take of the heap, in bytes.
    long heldBytes() {
        return held.used();
    }

    /// What messages that wait cost, each as often as it does, wherever they are.
    long queuedBytes() {
        return shards.stream().mapToLong(shard -> shard.tally().waitingBytes()).sum();
    }

    /// What of that is on disk only.
    long pagedBytes() {
        return onDisk.used();
    }

    /// What has to happen later, on all loops.
    int deadlines() {
        return shards.stream().mapToInt(shard -> shard.deadlines().size()).sum();
    }

    int sessionCount() {
        return sessions.stream().mapToInt(Sessions::size).sum();
    }

    Router router() {
        return router;
    }

    /// The index of the loop that owns the session of this client; its connection has to be moved
    /// there before [#connect].
    public int ownerOf(Principal principal, String clientId) {
        return ownerOf(principal.id(), clientId);
    }

    private int ownerOf(String principalId, String clientId) {
        int hash = 31 * principalId.hashCode() + clientId.hashCode();
        // The low bits of string hashes of counted names are far from random.
        return Math.floorMod(hash ^ (hash >>> 15), shards.size());
    }

    /// Takes over or makes the session and answers with CONNACK. On the owner loop.
    ///
    /// @param clientId that of CONNECT, or the one assigned for an empty one
    /// @param assigned whether the server assigned it
    public Client connect(
            Connect connect,
            String clientId,
            boolean assigned,
            Login login,
            Connection connection) {
        int owner = ownerOf(login.principal(), clientId);
        return sessions.get(owner)
                .connect(connect, clientId, assigned, login.current(), connection);
    }

    /// Begins a session without a network that ends with its connection. From any thread.
    ///
    /// @param clientId as unique as that of a client on the network
    public CompletionStage<LocalClient> connectLocally(
            String clientId, Login login, LocalClient.Listener listener) {
        int owner = ownerOf(login.principal(), clientId);
        return CompletableFuture.supplyAsync(
                () ->
                        LocalClient.connect(
                                clientId, login, shards.get(owner), sessions.get(owner), listener),
                shards.get(owner).loop()::execute);
    }

    /// Publishes in the name of the platform, from any thread. Rights are the caller's business.
    ///
    /// @return completes once the message is with every subscriber's session
    public CompletionStage<ReasonCode> publish(Message message) {
        CompletableFuture<ReasonCode> done = new CompletableFuture<>();
        // One loop for one topic, so that what one caller publishes there stays in order.
        Shard shard = router.loopOf(message.topic());
        shard.loop()
                .execute(
                        () -> {
                            Receipt receipt =
                                    new Receipt() {
                                        @Override
                                        void settled() {
                                            done.complete(reasonCode());
                                        }

                                        @Override
                                        boolean isRefusable() {
                                            return true;
                                        }
                                    };
                            shard.tally().received();
                            router.publish(shard, message, null, receipt);
                            shard.needsEndOfTurn();
                            if (receipt.isSettled()) {
                                done.complete(receipt.reasonCode());
                            }
                        });
        return done;
    }

    /// The sessions of a principal at this moment. From any thread.
    public CompletionStage<List<SessionView>> sessionsOf(String principalId) {
        List<SessionView> found = Collections.synchronizedList(new ArrayList<>());
        return onEveryLoop(owned -> found.addAll(owned.viewsOf(principalId)))
                .thenApply(_ -> List.copyOf(found));
    }

    /// Puts new rights in force on everything that a principal holds or does: filters that are no
    /// longer granted are dropped. From any thread.
    public CompletionStage<Void> changeRights(String principalId, AccessRights rights) {
        return onEveryLoop(owned -> owned.changeRights(principalId, rights));
    }

    /// Puts a new token in force on a live connection, with its rights and its deadline. From any
    /// thread.
    ///
    /// @return completes with false where the principal has no client of this identifier connected
    public CompletionStage<Boolean> renew(Login login, String clientId) {
        int owner = ownerOf(login.principal(), clientId);
        return CompletableFuture.supplyAsync(
                () -> sessions.get(owner).oversight().renew(login, clientId),
                shards.get(owner).loop()::execute);
    }

    /// Closes the live connections of these logins; their sessions wait for a new one. From any
    /// thread. A connection that is on its way meets [TokenCheck#refusal].
    ///
    /// @param which called by all loops
    public CompletionStage<Void> disconnect(
            Predicate<Login> which, ReasonCode reason, String reasonString) {
        return onEveryLoop(owned -> owned.disconnect(which, reason, reasonString));
    }

    /// Closes all live connections of a principal and ends its sessions. From any thread.
    public CompletionStage<Void> remove(
            String principalId, ReasonCode reason, String reasonString) {
        return onEveryLoop(owned -> owned.remove(principalId::equals, reason, reasonString));
    }

    /// Lets go of everything that is held of an app which is no more: connections and sessions of
    /// its clients and users, and what is retained below its topics, by whomever. From any thread.
    ///
    /// @return completes when nothing of it is there, nor on its way from one loop to another
    public CompletionStage<Void> forget(String appId) {
        return onEveryLoop(
                        owned ->
                                owned.remove(
                                        id -> Principal.isOf(appId, id),
                                        ReasonCode.NOT_AUTHORIZED,
                                        "app deleted"))
                // Once for what the loops have for each other, and once until they have taken it.
                .thenCompose(_ -> onEveryLoop(_ -> {}))
                .thenCompose(_ -> onEveryLoop(_ -> {}))
                .thenCompose(_ -> forgetRetained(TopicFilter.of("app/" + appId + "/#")))
                .thenCompose(_ -> Shard.flush(shards));
    }

    /// Each loop removes what it writes.
    private CompletionStage<Void> forgetRetained(TopicFilter filter) {
        return Shard.onEach(
                shards,
                shard ->
                        router.retained()
                                .remove(
                                        filter,
                                        topic -> router.loopOf(topic).equals(shard),
                                        topic -> router.retainedRemoved(shard, topic)));
    }

    /// Says good-bye to every client: DISCONNECT 0x8B to MQTT 5, wills published. From any thread.
    public CompletionStage<Void> shutdown() {
        return onEveryLoop(Oversight::publishLastWills)
                // Once more through every loop, so that wills that cross loops have arrived.
                .thenCompose(_ -> onEveryLoop(_ -> {}))
                .thenCompose(_ -> onEveryLoop(Oversight::disconnectAll))
                .thenCompose(_ -> allHandedOver())
                .thenCompose(_ -> Shard.flush(shards))
                .thenRun(() -> shards.forEach(Shard::stop));
    }

    /// What the clean members of a group had goes to those whose sessions stay.
    private CompletionStage<Void> allHandedOver() {
        return Shard.eachDone(shards, shard -> sessions.get(shard.index()).allHandedOver());
    }

    private CompletionStage<Void> onEveryLoop(Consumer<Oversight> task) {
        return Shard.onEach(shards, shard -> task.accept(sessions.get(shard.index()).oversight()));
    }

    private void sweepRetained(Shard shard) {
        router.retained().sweep(shard.now(), topic -> router.retainedRemoved(shard, topic));
        shard.deadlines().add(shard.now() + RETAINED_SWEEP_MILLIS, () -> sweepRetained(shard));
    }
}
