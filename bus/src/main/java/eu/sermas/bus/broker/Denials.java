package eu.sermas.bus.broker;

import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.metrics.Count;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.session.SessionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts and logs what was refused for a missing grant, so that somebody can find out why a topic
/// stays quiet.
final class Denials {

    private static final Logger log = LoggerFactory.getLogger(Denials.class);
    private static final int MAX_SHOWN = 200;

    private Denials() {}

    static void publish(Metrics metrics, SessionKey who, Topic topic, Verdict verdict) {
        metrics.increment(Count.PUBLISH_DENIED);
        // A robot that may not publish does so many times a second: shown by powers of two.
        if (Long.bitCount(metrics.value(Count.PUBLISH_DENIED)) == 1 || log.isDebugEnabled()) {
            log.info("publish denied: {} to {}: {}", who, shown(topic.name()), verdict.reason());
        }
    }

    static void subscribe(Metrics metrics, SessionKey who, TopicFilter filter, Verdict verdict) {
        metrics.increment(Count.SUBSCRIBE_DENIED);
        log.info("subscribe denied: {} to {}: {}", who, shown(filter.text()), verdict.reason());
    }

    /// What a client sent, fit for one line of a log.
    private static String shown(String text) {
        String bounded = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
        return bounded.replaceAll("\\p{Cntrl}", "?");
    }
}
