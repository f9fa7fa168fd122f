package eu.sermas.bus.server;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.audit.AuditLog;
import eu.sermas.bus.audit.DenialFeed;
import eu.sermas.bus.backup.ControlSocket;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.broker.RightsWhileAway;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.config.setting.AuditSettings;
import eu.sermas.bus.config.setting.CatalogueSettings;
import eu.sermas.bus.config.setting.ConnectionSettings;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.MqttSettings;
import eu.sermas.bus.config.setting.PayloadSettings;
import eu.sermas.bus.config.setting.ProxySettings;
import eu.sermas.bus.config.setting.RemoteModeSettings;
import eu.sermas.bus.config.setting.TlsSettings;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.identity.Authenticator;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.identity.IdentityEvent;
import eu.sermas.bus.identity.OpenAuthenticator;
import eu.sermas.bus.identity.remote.RemoteAuthenticator;
import eu.sermas.bus.journal.Saved;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.rest.RestApi;
import eu.sermas.bus.rest.identity.EventPublisher;
import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.memory.MemoryStore;
import eu.sermas.bus.store.rocksdb.RocksStore;
import eu.sermas.bus.time.BusClock;
import eu.sermas.bus.tls.Certificates;
import eu.sermas.bus.transport.EventLoops;
import eu.sermas.bus.transport.Server;
import io.netty.util.NetUtil;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running bus: every room, made in the order in which they need each other, and closed in the
/// opposite one.
public final class Bus implements AutoCloseable {

    /// Where the state of a bus is.
    public enum Storage {
        /// In `data-dir`.
        DISK,
        /// In the process, with which it ends.
        MEMORY
    }

    private static final Logger LOG = LoggerFactory.getLogger(Bus.class);
    private static final long FAREWELL_MILLIS = 3_000;
    private static final String AUTHORITY = "tls-authority.pem";

    private final Configuration configuration;
    private final @Nullable Path dataDirectory;
    private final Metrics metrics = new Metrics();
    private final LiveCatalogue catalogue;
    private final TokenChecks tokens = new TokenChecks();

    // Written by the thread that starts the bus, and read once it has started.
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private @Nullable Listeners listeners;
    private @Nullable Reload reload;
    private @Nullable ControlSocket control;

    private volatile boolean ready;

    private Bus(Configuration configuration, Storage storage) {
        this.configuration = configuration;
        this.catalogue = new LiveCatalogue(RoomSettings.catalogueLimits(configuration));
        this.dataDirectory =
                switch (storage) {
                    case DISK -> configuration.get(ListenerSettings.DATA_DIR);
                    case MEMORY -> null;
                };
    }

    /// Starts a bus; it accepts traffic when this returns.
    ///
    /// @param console where secrets that were made up are shown, once
    /// @throws StartFailed where something outside does not allow it: a port that is taken, a
    ///   directory that cannot be written
    public static Bus start(Configuration configuration, Storage storage, PrintStream console)
            throws StartFailed {
        Logging.start(configuration);
        Bus bus = new Bus(configuration, storage);
        try {
            bus.open(console);
            return bus;
        } catch (IOException | UncheckedIOException | StoreException | IllegalArgumentException e) {
            bus.close();
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            bus.close();
            throw e;
        }
    }

    public Listeners listeners() {
        Listeners open = listeners;
        if (open == null) {
            throw new IllegalStateException("not started");
        }
        return open;
    }

    /// Reads the configuration again at SIGHUP and when a command asks for it.
    public void reloadFrom(Reload.Source source) {
        Signals.handle(
                () -> {
                    try {
                        var _ = reload(source);
                    } catch (InvalidConfiguration _) {
                        LOG.debug("the log has it");
                    }
                });
        ControlSocket socket = control;
        if (socket != null) {
            socket.reloadBy(
                    () -> {
                        try {
                            return reload(source);
                        } catch (InvalidConfiguration e) {
                            throw new IOException(String.join("; ", e.lines()), e);
                        }
                    });
        }
    }

    /// @return what was done, one line
    /// @throws InvalidConfiguration where nothing was done, because the configuration is not right
    String reload(Reload.Source source) throws InvalidConfiguration {
        Reload started = reload;
        if (started == null) {
            throw new IllegalStateException("not started");
        }
        return started.reload(source);
    }

    private void open(PrintStream console) throws IOException {
        Background<Store> opening = Background.begin("open store", this::openStore);
        Path trust = authorityForTrying();
        Background<@Nullable Certificates> shown =
                Background.begin(
                        "certificates",
                        () -> {
                            if (trust != null) {
                                var _ = opening.await(); // it makes the data directory
                            }
                            return Listeners.certificates(configuration, trust);
                        });
        MemoryPlan memory =
                MemoryPlan.of(
                        configuration,
                        Runtime.getRuntime().maxMemory(),
                        PlatformDependent.maxDirectMemory(),
                        sizeOfDisk());
        introduce(memory);
        EventLoops loops =
                keep(EventLoops.start(Runtime.getRuntime().availableProcessors(), metrics));
        Store store = keep(opening.await());
        BusClock clock = BusClock.ofSystem(Saved.lastAlive(store)); // before anything falls due
        Broker broker =
                new Broker(
                        RoomSettings.limits(configuration, memory),
                        RoomSettings.features(configuration),
                        tokens,
                        loops.all(),
                        clock,
                        metrics,
                        RoomSettings.durability(configuration, catalogue));

        broker.limitApps(RoomSettings.quotas(configuration));
        CatalogueFiles.enter(catalogue, configuration.get(CatalogueSettings.FILES));
        broker.checkPayloads(
                PayloadChecks.of(configuration.get(PayloadSettings.CHECKS), catalogue));
        catalogue.listen(broker::reviewTopics);
        if (store instanceof RocksStore records && dataDirectory != null) {
            control = keep(ControlSocket.open(dataDirectory, records));
        }
        metrics.gauge(
                "store.failing",
                "1 while nothing can be written to disk",
                () -> store.failure() == null ? 0 : 1);
        EventPublisher events = new EventPublisher(broker::publish, clock.world());
        DenialFeed denials =
                keep(
                        DenialFeed.start(
                                clock.world(),
                                new Shares(memory.denials(), memory.guaranteedApps())));
        denials.listen(events::denied);
        denials.listen(keep(new DenialLines(clock.steady())));
        broker.reportDenials(denials);
        metrics.gauge("denials.lost", "refusals that came too fast to be told", denials::lost);
        AuditLog audit = openAuditLog(clock.world());
        Identity identity =
                keep(
                        Identity.open(
                                store,
                                RoomSettings.identitySettings(configuration, dataDirectory),
                                RoomSettings.registryLimits(configuration, memory),
                                clock,
                                metrics,
                                catalogue,
                                new IdentityChanges(
                                        broker, events, trail(audit, denials, clock.world()))));
        MadeUpSecrets madeUp = MadeUpSecrets.of(dataDirectory, console);
        new FirstStart(identity, madeUp).apply(configuration);
        if (dataDirectory != null) {
            restart(broker, store, identity);
        }

        HttpRules http = RoomSettings.httpRules(configuration, memory);
        metrics.gauge(
                "http.held", "bytes that requests over HTTP hold", () -> http.budget().used());
        RestApi rest =
                keep(
                        RestApi.of(
                                RoomSettings.restLimits(configuration, memory),
                                http,
                                identity,
                                new RestApi.BrokerDoors(
                                        message -> broker.publish(message).thenAccept(_ -> {}),
                                        broker::connectLocally,
                                        broker::renew,
                                        broker::sessionsOf,
                                        broker::quotaOf,
                                        broker::payloadCheck,
                                        broker::sharesOf,
                                        broker.live()),
                                denials,
                                audit == null ? _ -> {} : audit::add,
                                catalogue,
                                metrics,
                                clock,
                                () -> obstacle(store),
                                Product.version()));
        identity.registry().removeWith(new AppRemoval(broker, store, rest::forgetApp));
        Authenticator authenticator = authenticator(identity, clock);
        tokens.ask(authenticator, identity.revocations());
        Certificates certificates = shown.await();
        reload =
                new Reload(
                        configuration, identity, catalogue, certificates, dataDirectory, console);
        if (certificates != null) {
            metrics.gauge(
                    "tls.certificate.expires",
                    "when the TLS certificate ends, seconds since the epoch",
                    () -> certificates.expiresAt().getEpochSecond());
        }
        Server server =
                new Server(
                        loops,
                        broker,
                        authenticator,
                        RoomSettings.transportLimits(configuration, memory),
                        metrics,
                        certificates,
                        http,
                        rest::install,
                        configuration.get(ProxySettings.PROXY_PROTOCOL));
        opened.push(() -> sayGoodbye(server, broker));
        opened.push(rest::endStreams);
        Listeners open = Listeners.open(server, configuration, trust);
        listeners = open;
        broker.publishStatus(
                Product.version(),
                Math.toIntExact(configuration.get(MqttSettings.STATUS_INTERVAL).toSeconds()));
        madeUp.forget();
        ready = true;
        LOG.info("ready at {}", NetUtil.toSocketAddressString(open.main()));
    }

    /// What somebody who reads this log later wants to know first.
    private void introduce(MemoryPlan memory) {
        Descriptors descriptors = Descriptors.ofThisProcess();
        Path data = dataDirectory;
        LOG.atInfo()
                .addKeyValue("version", Product.version())
                .addKeyValue("java", Runtime.version())
                .addKeyValue("data", data == null ? "in memory" : data.toAbsolutePath())
                .addKeyValue("heapBytes", Runtime.getRuntime().maxMemory())
                .addKeyValue("descriptors", descriptors.limit())
                .log("starting");
        LOG.info("{}", memory);
        String warning = descriptors.warning(configuration.get(ConnectionSettings.CONNECTIONS));
        if (warning != null) {
            LOG.warn("{}", warning);
        }
    }

    /// Of the file system that the data directory is on, or will be.
    private long sizeOfDisk() {
        Path folder = dataDirectory;
        return folder == null ? 0 : Folders.existing(folder).toFile().getTotalSpace();
    }

    /// Where the authority of a self-signed certificate is, or null where there is none. Without a
    /// data directory it ends with the bus.
    private @Nullable Path authorityForTrying() throws IOException {
        if (!configuration.get(TlsSettings.SELF_SIGNED)) {
            return null;
        }
        if (dataDirectory != null) {
            return dataDirectory.resolve(AUTHORITY);
        }
        Path folder = Files.createTempDirectory("sermas-bus-tls");
        opened.push(() -> Folders.remove(folder));
        return folder.resolve(AUTHORITY);
    }

    /// Writes to the audit log what happens to identities and what is refused, where there is one.
    private static Consumer<IdentityEvent> trail(
            @Nullable AuditLog log, DenialFeed denials, InstantSource clock) {
        if (log == null) {
            return _ -> {};
        }
        AuditTrail trail = new AuditTrail(log, clock);
        denials.listen(trail::denied);
        return trail;
    }

    /// Opens the audit log, where there is to be one.
    private @Nullable AuditLog openAuditLog(InstantSource clock) throws IOException {
        AuditLog log = auditLog(clock);
        if (log != null) {
            metrics.gauge("audit.lost", "entries that the audit log could not take", log::lost);
            keep(log);
        }
        return log;
    }

    private @Nullable AuditLog auditLog(InstantSource clock) throws IOException {
        return switch (configuration.get(AuditSettings.TO)) {
            case OFF -> null;
            case STDOUT -> AuditLog.toStream(System.out, clock);
            case FILE -> {
                Path data = dataDirectory;
                Path file =
                        configuration
                                .find(AuditSettings.FILE)
                                .orElse(data == null ? null : data.resolve("audit.log"));
                yield file == null
                        ? null
                        : AuditLog.toFile(
                                file,
                                configuration.get(AuditSettings.MAX_SIZE),
                                configuration.get(AuditSettings.KEEP),
                                clock);
            }
        };
    }

    /// Why nobody should come here now, or null.
    private @Nullable String obstacle(Store store) {
        String failure = store.failure();
        if (!ready) {
            return "starting or stopping";
        }
        return failure == null ? null : "store: " + failure;
    }

    /// Goes on with the sessions and messages of the last process.
    private void restart(Broker broker, Store store, Identity identity) {
        AppRemoval.goOn(store, identity.registry());
        broker.keepIn(store, id -> rightsWhileAway(identity, id)).toCompletableFuture().join();
    }

    private @Nullable RightsWhileAway rightsWhileAway(Identity identity, String principalId) {
        if (configuration.get(ListenerSettings.OPEN)) {
            return RightsWhileAway.known(AccessRights.open());
        }
        if (configuration.isSet(RemoteModeSettings.URL)
                && RemoteAuthenticator.hasLetIn(principalId)) {
            // What it holds was granted when it was there.
            return new RightsWhileAway(AccessRights.open(), false);
        }
        AccessRights rights = identity.rights().apply(principalId);
        return rights == null
                ? null
                : new RightsWhileAway(
                        rights, rights.isCertain() && !Identity.isOfAnotherIssuer(principalId));
    }

    private Store openStore() {
        Path directory = dataDirectory;
        return directory == null ? new MemoryStore() : RocksStore.open(directory);
    }

    private Authenticator authenticator(Identity identity, BusClock clock) {
        if (configuration.get(ListenerSettings.OPEN)) {
            return new OpenAuthenticator();
        }
        if (!configuration.isSet(RemoteModeSettings.URL)) {
            return identity.certificates().apply(identity.verifier());
        }
        identity.revocations().expectForeignTokens();
        RemoteAuthenticator remote =
                keep(
                        new RemoteAuthenticator(
                                identity.verifier(),
                                RoomSettings.remoteSettings(configuration),
                                clock,
                                System::nanoTime,
                                metrics));
        return identity.certificates().apply(remote);
    }

    private <T extends AutoCloseable> T keep(T room) {
        opened.push(room);
        return room;
    }

    private static void sayGoodbye(Server server, Broker broker) {
        server.stopAccepting();
        try {
            broker.shutdown().toCompletableFuture().get(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
            server.awaitClosed(FAREWELL_MILLIS);
        } catch (TimeoutException _) {
            LOG.warn("not every client has taken its good-bye");
        } catch (ExecutionException e) {
            LOG.error("shutdown of the broker failed", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        server.close();
    }

    /// Says good-bye to every client and lets go of everything. Takes some seconds at most. A
    /// second call does nothing.
    @Override
    public void close() {
        ready = false;
        while (!opened.isEmpty()) {
            AutoCloseable room = opened.pop();
            try {
                room.close();
            } catch (Exception e) {
                LOG.error("closing {} failed", room.getClass().getSimpleName(), e);
            }
        }
    }
}
