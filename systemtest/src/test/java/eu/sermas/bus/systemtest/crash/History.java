package eu.sermas.bus.systemtest.crash;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The events of a run, noted by any thread.
final class History {

    private final List<Event> events = new ArrayList<>();
    private long lastNoted;

    synchronized void note(Event event) {
        events.add(event);
        if (event instanceof Event.Received) {
            lastNoted = event.at();
        }
    }

    /// When the last message arrived; 0 before the first.
    synchronized long lastReceived() {
        return lastNoted;
    }

    /// In the order of their times.
    synchronized List<Event> events() {
        return events.stream().sorted(Comparator.comparingLong(Event::at)).toList();
    }
}
