package eu.sermas.bus.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The latest records of each app, in memory. An app's oldest record gives way to a new one, and so
/// do those of the app that has been silent for longest where all have too many. Safe for use by
/// many threads.
final class MonitoringLog {

    static final int MAX_OF_APP = 1_000;
    static final long MAX_BYTES = 32L * 1024 * 1024;

    private record Held(ObjectNode value, int bytes) {}

    // Under the lock of this object; the app that has written last comes last.
    private final LinkedHashMap<String, ArrayDeque<Held>> byApp =
            new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    synchronized void add(String appId, ObjectNode record) {
        Held held = new Held(record.deepCopy(), Json.write(record).length);
        ArrayDeque<Held> own = byApp.computeIfAbsent(appId, _ -> new ArrayDeque<>());
        own.addLast(held);
        bytes += held.bytes();
        if (own.size() > MAX_OF_APP) {
            bytes -= own.removeFirst().bytes();
        }
        while (bytes > MAX_BYTES) {
            dropOldest();
        }
    }

    private void dropOldest() {
        Map.Entry<String, ArrayDeque<Held>> silent = byApp.firstEntry();
        bytes -= silent.getValue().removeFirst().bytes();
        if (silent.getValue().isEmpty()) {
            byApp.remove(silent.getKey());
        }
    }

    /// The oldest first.
    synchronized List<ObjectNode> of(String appId) {
        ArrayDeque<Held> own = byApp.get(appId);
        return own == null ? List.of() : own.stream().map(held -> held.value().deepCopy()).toList();
    }
}
