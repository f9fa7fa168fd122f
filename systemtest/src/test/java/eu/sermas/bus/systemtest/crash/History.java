package eu.sermas.bus.systemtest.crash;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The events of a run, noted by any thread.
final class History {

    private final List<Event> events = new ArrayList<>();
    private final Set<Arrival> arrivals = new HashSet<>();
    private long lastNews;

    private record Arrival(String session, Message.Id message) {}

    synchronized void note(Event event) {
        events.add(event);
        if (event instanceof Event.Received received
                && arrivals.add(new Arrival(received.session(), received.message()))) {
            lastNews = event.at();
        }
    }

    /// When a message last reached a session for the first time; 0 before.
    synchronized long lastNews() {
        return lastNews;
    }

    /// In the order of their times.
    synchronized List<Event> events() {
        return events.stream().sorted(Comparator.comparingLong(Event::at)).toList();
    }
}
