package eu.sermas.bus.access;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.UserProperty;
import java.util.Set;

/// Who has published a message, as MQTT 5 user properties that receivers can rely on: those that a
/// publisher writes itself are taken out.
///
/// The properties of one publisher are made once and shared by all its messages; receivers that
/// speak MQTT 3 do not get any.
public final class Sender {

    /// The app of the publisher, where it has one.
    public static final String APP = "sermas-app";

    /// The short id of the client, where the publisher is one.
    public static final String CLIENT = "sermas-client";

    /// The id of the user, where the publisher is one.
    public static final String USER = "sermas-user";

    private static final Set<String> NAMES = Set.of(APP, CLIENT, USER);

    private Sender() {}

    /// What is known of a publisher; nothing of an anonymous one.
    public static Properties of(Principal principal) {
        if (principal.kind() == Principal.Kind.ANONYMOUS) {
            return Properties.NONE;
        }
        Properties.Builder sender = Properties.builder();
        if (principal.appIds().size() == 1) {
            sender.user(APP, principal.appIds().iterator().next());
        }
        String clientId = principal.clientId();
        if (clientId != null) {
            sender.user(CLIENT, clientId);
        }
        String userId = principal.userId();
        if (userId != null && principal.kind() == Principal.Kind.USER) {
            sender.user(USER, userId);
        }
        return sender.build();
    }

    /// What the publisher wrote, less what it should not, and then what is known of it.
    public static Properties stamp(Properties written, Properties sender) {
        if (written.isEmpty()) {
            return sender;
        }
        if (sender.isEmpty() && !hasForged(written)) {
            return written;
        }
        Properties.Builder stamped = Properties.builder();
        for (int i = 0; i < written.size(); i++) {
            if (!isForged(written, i)) {
                stamped.add(written.keyAt(i), written.valueAt(i));
            }
        }
        return stamped.addAll(sender).build();
    }

    private static boolean hasForged(Properties properties) {
        for (int i = 0; i < properties.size(); i++) {
            if (isForged(properties, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isForged(Properties properties, int index) {
        return properties.keyAt(index) == Property.USER_PROPERTY
                && properties.valueAt(index) instanceof UserProperty(String name, String _)
                && NAMES.contains(name);
    }
}
