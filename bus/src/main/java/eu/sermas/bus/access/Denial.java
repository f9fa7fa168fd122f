package eu.sermas.bus.access;

import eu.sermas.bus.packet.Printable;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Something that was refused, or a message that did not get where it was to go.
///
/// @param appId whose matter it is: the app of whoever was refused; null where that is not certain
/// @param principal the id of the principal, or the empty string for one who is not known
/// @param client the MQTT client identifier, or the empty string
/// @param subject the topic or filter; for a login the address that it came from; for a call its
///   method and path
/// @param count how many times, at least 1; texts that are longer than is useful are cut
public record Denial(
        Action action,
        @Nullable String appId,
        String principal,
        String client,
        String subject,
        Rule rule,
        String reason,
        int count) {

    /// What was refused.
    public enum Action {
        LOGIN,
        PUBLISH,
        /// A message that went its way, although its payload is not what it should be.
        OBSERVE,
        SUBSCRIBE,
        /// A delivery that was dropped.
        RECEIVE,
        /// Over HTTP.
        CALL
    }

    private static final int LONGEST = 256;

    /// Many of these wait and are kept, so each has a size that is known.
    public Denial {
        principal = Printable.of(principal, LONGEST);
        client = Printable.of(client, LONGEST);
        subject = Printable.of(subject, LONGEST);
        reason = Printable.of(reason, LONGEST);
    }

    /// @param appIds the apps of whoever was refused
    /// @param topic or filter
    public static Denial of(
            Action action,
            Set<String> appIds,
            String principal,
            String client,
            String topic,
            Verdict verdict) {
        return new Denial(
                action,
                appOf(appIds, topic),
                principal,
                client,
                topic,
                verdict.rule(),
                String.valueOf(verdict.reason()),
                1);
    }

    /// The app in the topic where it is one of theirs, else the only one they have: nobody can
    /// report into the app of a stranger by naming it in a topic.
    static @Nullable String appOf(Set<String> appIds, String topic) {
        if (appIds.size() == 1) {
            return appIds.iterator().next();
        }
        String[] levels = topic.split("/", 3);
        return levels.length > 1 && levels[0].equals("app") && appIds.contains(levels[1])
                ? levels[1]
                : null;
    }
}
