package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.GIB;
import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.MIB;
import static eu.sermas.bus.config.setting.Kind.bool;
import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.size;

import java.time.Duration;
import java.util.List;

/// The part of the table of [Settings] that is about connections, whatever they speak.
public final class ConnectionSettings {

    public static final Setting<Duration> CONNECT_TIMEOUT =
            Setting.of(
                    "limits.connect-timeout",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                    Duration.ofSeconds(10),
                    "Time for a new connection to send CONNECT or a request.");
    public static final Setting<Duration> PACKET_TIMEOUT =
            Setting.of(
                    "limits.packet-timeout",
                    duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    Duration.ofSeconds(30),
                    "Time for an MQTT packet that has begun to be complete, besides what its bytes"
                            + " take at `limits.packet-rate`. The time in which the bus itself does not"
                            + " read does not count.");
    public static final Setting<Long> PACKET_RATE =
            Setting.of(
                    "limits.packet-rate",
                    size(128, GIB),
                    16 * KIB,
                    "The lowest rate at which a packet may come, in bytes per second: with the defaults"
                            + " one of 16 MiB may take 17 minutes, and one that stands still 30 seconds.");
    public static final Setting<Integer> CONNECTIONS =
            Setting.of(
                    "limits.connections",
                    integer(1, 10_000_000),
                    100_000,
                    "Connections at the same time.");
    public static final Setting<Integer> CONNECTIONS_PER_SECOND =
            Setting.of(
                    "limits.connections-per-second",
                    integer(1, 1_000_000),
                    500,
                    "New connections per second from one address.");
    public static final Setting<Boolean> LOOPBACK_TOO =
            Setting.of(
                    "limits.connections-per-second-on-loopback",
                    bool(),
                    false,
                    "Whether that limit holds for this machine's own addresses too, by which a"
                            + " reverse proxy brings many clients.");
    public static final Setting<Long> WRITE_BUFFER =
            Setting.of(
                    "limits.write-buffer",
                    size(64 * KIB, GIB),
                    MIB,
                    "Bytes that wait to be written to one connection before QoS 0 to it is"
                            + " dropped.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    CONNECT_TIMEOUT,
                    PACKET_TIMEOUT,
                    PACKET_RATE,
                    CONNECTIONS,
                    CONNECTIONS_PER_SECOND,
                    LOOPBACK_TOO,
                    WRITE_BUFFER);

    private ConnectionSettings() {}
}
