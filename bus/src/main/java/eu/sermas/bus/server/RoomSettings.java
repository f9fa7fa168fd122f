package eu.sermas.bus.server;

import eu.sermas.bus.access.CatalogueLimits;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.Features;
import eu.sermas.bus.broker.Limits;
import eu.sermas.bus.broker.Quotas;
import eu.sermas.bus.broker.Quotas.Quota;
import eu.sermas.bus.config.CatalogueSettings;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.LoginSettings;
import eu.sermas.bus.config.QuotaSettings;
import eu.sermas.bus.config.Setting;
import eu.sermas.bus.config.Settings;
import eu.sermas.bus.identity.IdentitySettings;
import eu.sermas.bus.identity.remote.RemoteSettings;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.rest.RestLimits;
import eu.sermas.bus.rest.StreamLimits;
import eu.sermas.bus.session.QueueLimits;
import eu.sermas.bus.transport.LoginDelay;
import eu.sermas.bus.transport.TransportLimits;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The configuration in the words of each room.
final class RoomSettings {

    private static final String PLATFORM = "platform";

    private RoomSettings() {}

    static Limits limits(Configuration configuration) {
        return new Limits(
                Math.toIntExact(configuration.get(Settings.PACKET_SIZE)),
                configuration.get(Settings.RECEIVE_MAXIMUM),
                configuration.get(Settings.UNACKNOWLEDGED),
                configuration.get(Settings.TOPIC_ALIASES),
                configuration.get(Settings.SUBSCRIPTIONS_PER_PACKET),
                configuration.get(Settings.SUBSCRIPTIONS_PER_SESSION),
                new QueueLimits(
                        configuration.get(Settings.QUEUE_MAX_MESSAGES),
                        configuration.get(Settings.QUEUE_MAX_BYTES),
                        configuration.get(Settings.QUEUE_QOS_0),
                        configuration.get(Settings.QUEUE_POLICY)
                                == Settings.QueuePolicy.DROP_OLDEST),
                configuration
                        .find(Settings.QUEUE_TOTAL_BYTES)
                        .orElse(Limits.DEFAULT.maxQueuedBytesOfAll()),
                configuration.get(Settings.SESSION_EXPIRY).toSeconds(),
                Math.toIntExact(configuration.get(Settings.KEEP_ALIVE).toSeconds()));
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
                configuration.get(Settings.DURABILITY_TOPICS),
                catalogue::durabilityOf,
                configuration.get(Settings.DURABILITY),
                configuration.get(Settings.DURABILITY_PATIENCE));
    }

    static CatalogueLimits catalogueLimits(Configuration configuration) {
        return new CatalogueLimits(
                configuration.get(CatalogueSettings.TOPICS),
                configuration.get(CatalogueSettings.TOPICS_OF_ONE),
                configuration.get(CatalogueSettings.BYTES_OF_ONE));
    }

    static Features features(Configuration configuration) {
        return new Features(
                configuration.get(Settings.SHARED_SUBSCRIPTIONS),
                QoS.of(configuration.get(Settings.MAXIMUM_QOS)),
                configuration.get(Settings.RETAIN),
                configuration.get(Settings.WILDCARD_SUBSCRIPTIONS),
                configuration.get(Settings.SHARED),
                configuration.get(Settings.SUBSCRIPTION_IDENTIFIERS),
                configuration.find(Settings.RESPONSE_INFORMATION).orElse(null),
                Math.toIntExact(configuration.get(Settings.TOKEN_WARNING).toSeconds()),
                configuration.get(Settings.SENDER));
    }

    static TransportLimits transportLimits(Configuration configuration) {
        TransportLimits defaults = TransportLimits.DEFAULT;
        return new TransportLimits(
                configuration.get(Settings.CONNECT_TIMEOUT),
                defaults.loginTimeout(),
                defaults.requestTimeout(),
                defaults.idleTimeout(),
                configuration.get(Settings.CONNECTIONS_PER_SECOND),
                configuration.get(Settings.LOOPBACK_TOO),
                configuration.get(Settings.CONNECTIONS),
                new LoginDelay(
                        configuration.get(LoginSettings.DELAY),
                        configuration.get(LoginSettings.LONGEST_DELAY),
                        configuration.get(LoginSettings.DELAYED)),
                Math.toIntExact(configuration.get(Settings.WRITE_BUFFER)));
    }

    static RestLimits restLimits(Configuration configuration) {
        int body = Math.toIntExact(configuration.get(Settings.HTTP_BODY));
        RestLimits defaults = RestLimits.DEFAULT;
        return new RestLimits(
                body,
                defaults.maxConcurrentRequests(),
                Math.max(body, defaults.maxBufferedBytes()),
                streamLimits(configuration));
    }

    private static StreamLimits streamLimits(Configuration configuration) {
        StreamLimits defaults = StreamLimits.DEFAULT;
        return new StreamLimits(
                configuration.get(Settings.STREAMS),
                defaults.maxOfAll(),
                configuration.get(Settings.STREAM_EVENTS),
                configuration.get(Settings.STREAM_BYTES),
                Math.max(configuration.get(Settings.STREAM_BYTES), defaults.maxBytesOfAll()),
                configuration.get(Settings.STREAM_RESUME),
                configuration.get(Settings.REQUEST_WAIT));
    }

    static RemoteSettings remoteSettings(Configuration configuration) {
        return new RemoteSettings(
                configuration.get(Settings.REMOTE_URL),
                configuration.get(Settings.REMOTE_BODY),
                configuration.get(Settings.REMOTE_ANSWER),
                configuration.get(Settings.REMOTE_TIMEOUT),
                configuration.get(Settings.REMOTE_CONCURRENCY),
                configuration.get(Settings.REMOTE_FRESH),
                configuration.get(Settings.REMOTE_STALE),
                configuration.get(Settings.REMOTE_REMEMBERED),
                configuration.get(Settings.REMOTE_REVIEW));
    }

    /// @param dataDirectory null where nothing outlives the process
    static IdentitySettings identitySettings(
            Configuration configuration, @Nullable Path dataDirectory) {
        return new IdentitySettings(
                configuration.get(Settings.TOKEN_ISSUER),
                configuration.get(Settings.TOKEN_LIFETIME),
                configuration.get(Settings.TOKEN_SESSION_MAX_AGE),
                dataDirectory,
                configuration
                        .platformSecret()
                        .map(secret -> Map.of(PLATFORM, secret))
                        .orElse(Map.of()),
                configuration.get(Settings.LOGINS_PER_IDENTITY),
                configuration.get(Settings.LOGINS_PER_ADDRESS),
                configuration.issuers(),
                configuration.certificates());
    }
}
