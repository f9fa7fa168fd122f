package eu.sermas.bus.systemtest.crash;

import eu.sermas.bus.systemtest.crash.Finding.Rule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Whether a new subscription brings the retained message that it has to: the last one acknowledged
/// before, or a later one that was sent. Each topic has one publisher.
///
/// A message that replaces it while the subscription is made may come as what it is to a
/// subscription that is there, without the RETAIN flag [MQTT-3.3.1-12]; then nothing comes with it.
final class Retained {

    private final Sendings sendings;
    private final Timeline timeline;

    Retained(Sendings sendings, Timeline timeline) {
        this.sendings = sendings;
        this.timeline = timeline;
    }

    Optional<Finding> check(Event.Read read) {
        var last = new Message.Id("", -1);
        for (var sending : sent(read)) {
            if (sending.acknowledgedAt() < read.asked()
                    && sending.message().id().number() > last.number()) {
                last = sending.message().id();
            }
        }
        if (isAllowed(read, last.number())) {
            return Optional.empty();
        }
        return Optional.of(
                new Finding(
                        Rule.RETAINED,
                        String.format(
                                Locale.ROOT,
                                "%s: asked for at %s came %s; the last acknowledged is %s",
                                read.topic(),
                                timeline.tell(read.asked()),
                                read.message() == null ? "nothing" : read.message(),
                                last.number() < 0 ? "none" : last)));
    }

    private boolean isAllowed(Event.Read read, long last) {
        var message = read.message();
        if (message == null) {
            return last < 0
                    || sent(read).stream()
                            .map(Sendings.Sending::message)
                            .anyMatch(m -> m.clear() && m.id().number() >= last)
                    || sent(read).stream()
                            .filter(sending -> sending.sentAt() < read.answered())
                            .anyMatch(sending -> sending.message().id().number() > last);
        }
        return message.number() >= last
                && sent(read).stream().anyMatch(s -> s.message().id().equals(message));
    }

    private List<Sendings.Sending> sent(Event.Read read) {
        return sendings.all().stream()
                .filter(s -> s.message().retain() && s.message().topic().equals(read.topic()))
                .filter(s -> s.sentAt() < read.at())
                .toList();
    }
}
