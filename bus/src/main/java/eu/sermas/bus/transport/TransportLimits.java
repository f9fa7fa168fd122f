package eu.sermas.bus.transport;

import java.time.Duration;

/// What the network side grants to a peer that it does not know yet, and how much it buffers for
/// one that it does.
///
/// @param connectTimeout from accept, or from the WebSocket upgrade, until CONNECT is complete;
///   also until the first byte of any protocol
/// @param loginTimeout how long the credentials of a CONNECT may take to be checked
/// @param requestTimeout for the body of one HTTP request, and for a stalled response
/// @param idleTimeout between two HTTP requests on one connection
/// @param connectionsPerSecond new connections of one address (IPv6: of one /64 network); what
///   exceeds it is closed at once
/// @param loopbackToo whether that holds for this machine's own addresses, where a reverse proxy or
///   a load test brings many clients by one address
/// @param maxConnections open connections of all kinds
/// @param loginDelay for logins that are refused again and again
/// @param writeBuffer bytes that wait to be written to one client before it counts as not writable
/// @param input what packets may take that are not all there
/// @param output what may wait to be written
public record TransportLimits(
        Duration connectTimeout,
        Duration loginTimeout,
        Duration requestTimeout,
        Duration idleTimeout,
        int connectionsPerSecond,
        boolean loopbackToo,
        int maxConnections,
        LoginDelay loginDelay,
        int writeBuffer,
        InputLimits input,
        OutputLimits output) {

    public static final TransportLimits DEFAULT =
            new TransportLimits(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(75),
                    500,
                    false,
                    100_000,
                    LoginDelay.DEFAULT,
                    1024 * 1024,
                    InputLimits.DEFAULT,
                    OutputLimits.DEFAULT);

    public TransportLimits {
        requirePositive("connectTimeout", connectTimeout.toMillis());
        requirePositive("loginTimeout", loginTimeout.toMillis());
        requirePositive("requestTimeout", requestTimeout.toMillis());
        requirePositive("idleTimeout", idleTimeout.toMillis());
        requirePositive("connectionsPerSecond", connectionsPerSecond);
        requirePositive("maxConnections", maxConnections);
        requirePositive("writeBuffer", writeBuffer);
    }

    static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: at least 1)");
        }
    }
}
