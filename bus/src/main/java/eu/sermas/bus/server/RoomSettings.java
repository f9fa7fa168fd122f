package eu.sermas.bus.server;

import eu.sermas.bus.access.CatalogueLimits;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.MemoryLimits;
import eu.sermas.bus.broker.Quotas;
import eu.sermas.bus.broker.Quotas.Quota;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.setting.CatalogueSettings;
import eu.sermas.bus.config.setting.ConnectionSettings;
import eu.sermas.bus.config.setting.DurabilitySettings;
import eu.sermas.bus.config.setting.HttpSettings;
import eu.sermas.bus.config.setting.LimitSettings;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.config.setting.LoginSettings;
import eu.sermas.bus.config.setting.MemorySettings;
import eu.sermas.bus.config.setting.MqttSettings;
import eu.sermas.bus.config.setting.OpennessSettings;
import eu.sermas.bus.config.setting.ProxySettings;
import eu.sermas.bus.config.setting.QuotaSettings;
import eu.sermas.bus.config.setting.RegistrySettings;
import eu.sermas.bus.config.setting.RemoteModeSettings;
import eu.sermas.bus.config.setting.Setting;
import eu.sermas.bus.config.setting.TokenSettings;
import eu.sermas.bus.http.Forwarding;
import eu.sermas.bus.http.HttpBudget;
import eu.sermas.bus.http.HttpRules;
import eu.sermas.bus.http.Origins;
import eu.sermas.bus.identity.IdentitySettings;
import eu.sermas.bus.identity.Openness;
import eu.sermas.bus.identity.RegistryLimits;
import eu.sermas.bus.identity.remote.RemoteSettings;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.rest.RestLimits;
import eu.sermas.bus.rest.caller.StreamLimits;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.transport.InputLimits;
import eu.sermas.bus.transport.LoginDelay;
import eu.sermas.bus.transport.OutputLimits;
import eu.sermas.bus.transport.TransportLimits;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The configuration in the words of each room.
final class RoomSettings {

    private static final String PLATFORM = "platform";

    private RoomSettings() {}

    static Limits limits(Configuration configuration, MemoryPlan memory) {
        return new Limits(
                Math.toIntExact(configuration.get(LimitSettings.PACKET_SIZE)),
                configuration.find(LimitSettings.RECEIVE_MAXIMUM).orElse(Limits.NO_RECEIVE_MAXIMUM),
                configuration.get(LimitSettings.UNACKNOWLEDGED),
                configuration.get(LimitSettings.TOPIC_ALIASES),
                configuration
                        .find(LimitSettings.SUBSCRIPTIONS_PER_PACKET)
                        .orElse(configuration.get(LimitSettings.SUBSCRIPTIONS_PER_SESSION)),
                configuration.get(LimitSettings.SUBSCRIPTIONS_PER_SESSION),
                new QueueLimits(
                        configuration.get(LimitSettings.QUEUE_MAX_MESSAGES),
                        configuration.get(LimitSettings.QUEUE_MAX_BYTES),
                        configuration.get(LimitSettings.IN_FLIGHT_MAX_BYTES),
                        configuration.get(LimitSettings.QUEUE_QOS_0),
                        configuration.get(LimitSettings.QUEUE_POLICY)
                                == LimitSettings.QueuePolicy.DROP_OLDEST),
                new MemoryLimits(
                        memory.held(),
                        memory.sessions(),
                        memory.retained(),
                        memory.routes(),
                        memory.disk(),
                        memory.guaranteedApps()),
                configuration.get(LimitSettings.SESSION_EXPIRY).toSeconds(),
                Math.toIntExact(configuration.get(LimitSettings.KEEP_ALIVE).toSeconds()));
    }

    static Quotas quotas(Configuration configuration) {
        return new Quotas(
                new Quota(
                        amount(configuration, QuotaSettings.CONNECTIONS),
                        amount(configuration, QuotaSettings.MESSAGES),
                        amount(configuration, QuotaSettings.BYTES),
                        amount(configuration, QuotaSettings.RETAINED),
                        amount(configuration, QuotaSettings.RETAINED_BYTES)),
                configuration.get(QuotaSettings.APPS));
    }

    private static long amount(Configuration configuration, Setting<? extends Number> setting) {
        return configuration.find(setting).map(Number::longValue).orElse(Quota.UNLIMITED);
    }

    static DurabilityPolicy durability(Configuration configuration, LiveCatalogue catalogue) {
        return new DurabilityPolicy(
                configuration.get(DurabilitySettings.TOPICS),
                catalogue::durabilityOf,
                configuration.get(DurabilitySettings.DEFAULT),
                configuration.get(DurabilitySettings.PATIENCE));
    }

    static CatalogueLimits catalogueLimits(Configuration configuration) {
        return new CatalogueLimits(
                configuration.get(CatalogueSettings.TOPICS),
                configuration.get(CatalogueSettings.TOPICS_OF_ONE),
                configuration.get(CatalogueSettings.BYTES_OF_ONE),
                configuration.get(MemorySettings.GUARANTEED_APPS));
    }

    static Features features(Configuration configuration) {
        return new Features(
                configuration.get(MqttSettings.SHARED_STRATEGY),
                QoS.of(configuration.get(MqttSettings.MAXIMUM_QOS)),
                configuration.get(MqttSettings.RETAIN),
                configuration.get(MqttSettings.WILDCARD_SUBSCRIPTIONS),
                configuration.get(MqttSettings.SHARED),
                configuration.get(MqttSettings.SUBSCRIPTION_IDENTIFIERS),
                configuration.find(MqttSettings.RESPONSE_INFORMATION).orElse(null),
                Math.toIntExact(configuration.get(TokenSettings.WARNING).toSeconds()),
                configuration.get(MqttSettings.SENDER));
    }

    static TransportLimits transportLimits(Configuration configuration, MemoryPlan memory) {
        TransportLimits defaults = TransportLimits.DEFAULT;
        return new TransportLimits(
                configuration.get(ConnectionSettings.CONNECT_TIMEOUT),
                defaults.loginTimeout(),
                defaults.requestTimeout(),
                configuration.get(HttpSettings.IDLE),
                configuration.get(ConnectionSettings.CONNECTIONS_PER_SECOND),
                configuration.get(ConnectionSettings.LOOPBACK_TOO),
                configuration.get(ConnectionSettings.CONNECTIONS),
                new LoginDelay(
                        configuration.get(LoginSettings.DELAY),
                        configuration.get(LoginSettings.LONGEST_DELAY),
                        configuration.get(LoginSettings.DELAYED)),
                Math.toIntExact(configuration.get(ConnectionSettings.WRITE_BUFFER)),
                new InputLimits(
                        memory.input(),
                        memory.guaranteedApps(),
                        configuration.get(ConnectionSettings.PACKET_TIMEOUT),
                        Math.toIntExact(configuration.get(ConnectionSettings.PACKET_RATE))),
                new OutputLimits(memory.output(), memory.guaranteedApps()));
    }

    static HttpRules httpRules(Configuration configuration, MemoryPlan memory) {
        return new HttpRules(
                new Origins(
                        configuration.get(HttpSettings.ORIGINS),
                        configuration.get(ListenerSettings.OPEN),
                        configuration.certificates() != null),
                new HttpBudget(
                        memory.bodies(),
                        RestLimits.DEFAULT.maxConcurrentRequests(),
                        memory.guaranteedApps()),
                new Forwarding(
                        configuration.get(ProxySettings.TRUSTED_PROXIES),
                        configuration.get(ProxySettings.FORWARDED_HEADER)));
    }

    static RestLimits restLimits(Configuration configuration, MemoryPlan memory) {
        int body = Math.toIntExact(configuration.get(HttpSettings.BODY));
        RestLimits defaults = RestLimits.DEFAULT;
        return new RestLimits(
                body,
                defaults.maxConcurrentRequests(),
                streamLimits(configuration, memory),
                memory.records(),
                memory.guaranteedApps());
    }

    private static StreamLimits streamLimits(Configuration configuration, MemoryPlan memory) {
        StreamLimits defaults = StreamLimits.DEFAULT;
        return new StreamLimits(
                configuration.get(HttpSettings.STREAMS),
                defaults.maxOfAll(),
                configuration.get(HttpSettings.STREAM_EVENTS),
                configuration.get(HttpSettings.STREAM_BYTES),
                memory.streams(),
                configuration.get(HttpSettings.STREAM_RESUME),
                configuration.get(HttpSettings.REQUEST_WAIT));
    }

    static RegistryLimits registryLimits(Configuration configuration, MemoryPlan memory) {
        return new RegistryLimits(
                memory.registry(),
                memory.guaranteedApps(),
                configuration.get(RegistrySettings.APPS_OF_OWNER),
                configuration.get(RegistrySettings.BYTES_OF_APP),
                configuration.get(RegistrySettings.CLIENTS_OF_APP));
    }

    static RemoteSettings remoteSettings(Configuration configuration) {
        return new RemoteSettings(
                configuration.get(RemoteModeSettings.URL),
                configuration.get(RemoteModeSettings.BODY),
                configuration.get(RemoteModeSettings.ANSWER),
                configuration.get(RemoteModeSettings.TIMEOUT),
                configuration.get(RemoteModeSettings.CONCURRENCY),
                configuration.get(RemoteModeSettings.FRESH),
                configuration.get(RemoteModeSettings.STALE),
                configuration.get(RemoteModeSettings.REMEMBERED),
                configuration.get(RemoteModeSettings.REVIEW));
    }

    /// @param dataDirectory null where nothing outlives the process
    static IdentitySettings identitySettings(
            Configuration configuration, @Nullable Path dataDirectory) {
        return new IdentitySettings(
                configuration.get(TokenSettings.ISSUER),
                configuration.get(TokenSettings.LIFETIME),
                configuration.get(TokenSettings.MAX_LIFETIME),
                configuration.get(TokenSettings.SESSION_MAX_AGE),
                dataDirectory,
                configuration
                        .platformSecret()
                        .map(secret -> Map.of(PLATFORM, secret))
                        .orElse(Map.of()),
                configuration.get(LoginSettings.PER_IDENTITY),
                configuration.get(LoginSettings.PER_ADDRESS),
                configuration.issuers(),
                configuration.certificates(),
                new Openness(
                        configuration.get(OpennessSettings.MEMBERSHIP),
                        configuration.get(OpennessSettings.PERMISSIONS)));
    }
}
