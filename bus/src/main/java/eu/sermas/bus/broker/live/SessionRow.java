package eu.sermas.bus.broker.live;

import eu.sermas.bus.metrics.Traffic;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A session among others. Times are in milliseconds since the epoch.
///
/// @param appIds those whose rights it has
/// @param since when its client connected, or went away
/// @param expiresAt when it ends, if nobody comes back; `Long.MAX_VALUE` for never and while
///   somebody is there
/// @param expiry seconds that it outlives its connection
/// @param queued messages that wait
/// @param queuedBytes what they cost
/// @param inFlight messages that are sent and not acknowledged
/// @param inFlightBytes what they cost
/// @param connection null while its client is away
public record SessionRow(
        SessionId id,
        String principalId,
        String clientId,
        Set<String> appIds,
        long since,
        long expiresAt,
        long expiry,
        int subscriptions,
        int queued,
        long queuedBytes,
        int inFlight,
        long inFlightBytes,
        @Nullable Connected connection) {

    /// The connection of its client.
    ///
    /// @param transport `tcp`, `tls`, `ws`, `wss`, or `http` where REST is the client
    /// @param address without the port, or null for `http`
    /// @param version of MQTT
    /// @param keepAlive seconds, 0 for none
    /// @param loginEnds when its token ends, `Long.MAX_VALUE` for never
    public record Connected(
            String transport,
            @Nullable String address,
            int port,
            String version,
            long keepAlive,
            long loginEnds,
            Traffic.Flow received,
            Traffic.Flow sent) {}
}
