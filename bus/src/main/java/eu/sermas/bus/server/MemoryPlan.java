package eu.sermas.bus.server;

import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.setting.MemorySettings;
import eu.sermas.bus.config.setting.Setting;
import java.util.Locale;

/// How much memory each kind of content may take, for all apps together. What is not configured is
/// a part of what the process has, so that the sum of all of them fits.
///
/// @param held messages that wait for sessions or are in flight to them
/// @param disk messages that wait and are on disk only
/// @param sessions sessions with their subscriptions
/// @param retained retained messages
/// @param routes what is remembered of where messages go
/// @param registry apps, modules, clients, users
/// @param records what REST keeps for apps
/// @param streams events that streams over HTTP keep
/// @param denials what was refused lately
/// @param bodies bodies of requests over HTTP
/// @param input MQTT packets that are not all there, outside of the heap
/// @param output what waits to be written to MQTT clients, outside of the heap
/// @param guaranteedApps apps with a share of each of these that nobody else can take
record MemoryPlan(
        long held,
        long disk,
        long sessions,
        long retained,
        long routes,
        long registry,
        long records,
        long streams,
        long denials,
        long bodies,
        long input,
        long output,
        int guaranteedApps) {

    private static final long MIB = 1024 * 1024;

    /// With less it comes up, and ends with the first of its clients.
    private static final long SMALLEST_HEAP = 32 * MIB;

    /// @param heap bytes that the heap may have
    /// @param direct bytes that the process may have outside of it
    /// @param disk bytes of the file system with the data
    /// @throws IllegalArgumentException where a bus cannot live in that
    static MemoryPlan of(Configuration configuration, long heap, long direct, long disk) {
        if (heap < SMALLEST_HEAP) {
            throw new IllegalArgumentException(
                    "heap: %s MiB (expected: at least %d MiB; SERMAS_BUS_JAVA_OPTS=-Xmx256m gives more)"
                            .formatted(mebibytes(heap), SMALLEST_HEAP / MIB));
        }
        return new MemoryPlan(
                part(configuration, MemorySettings.HELD, heap, 35),
                part(configuration, MemorySettings.DISK, disk, 50),
                part(configuration, MemorySettings.SESSIONS, heap, 15),
                part(configuration, MemorySettings.RETAINED, heap, 12),
                heap / 100 * 2,
                part(configuration, MemorySettings.REGISTRY, heap, 6),
                part(configuration, MemorySettings.RECORDS, heap, 4),
                part(configuration, MemorySettings.STREAMS, heap, 5),
                heap / 100,
                part(configuration, MemorySettings.BODIES, heap, 8),
                part(configuration, MemorySettings.INPUT, direct, 50),
                part(configuration, MemorySettings.OUTPUT, direct, 25),
                configuration.get(MemorySettings.GUARANTEED_APPS));
    }

    private static long part(
            Configuration configuration, Setting<Long> setting, long whole, int percent) {
        return configuration.find(setting).orElse(whole / 100 * percent);
    }

    /// One line for people.
    @Override
    public String toString() {
        return ("limits in MiB: messages of sessions %s, on disk %s, sessions %s, retained %s, registry %s,"
                        + " records %s, streams %s, bodies %s, input %s, output %s; %d apps have a share of their"
                        + " own")
                .formatted(
                        mebibytes(held),
                        mebibytes(disk),
                        mebibytes(sessions),
                        mebibytes(retained),
                        mebibytes(registry),
                        mebibytes(records),
                        mebibytes(streams),
                        mebibytes(bodies),
                        mebibytes(input),
                        mebibytes(output),
                        guaranteedApps);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", (double) bytes / MIB);
    }
}
