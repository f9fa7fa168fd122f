package eu.sermas.bus.server;

import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.DeclaredApp;
import eu.sermas.bus.config.setting.ListenerSettings;
import eu.sermas.bus.packet.Printable;
import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.StoreException;
import eu.sermas.bus.store.rocksdb.StoredRecords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The owners and members whom declared apps name and who are no users. They may be made later, and
/// were there perhaps when the configuration was written, so nothing is refused because of them: an
/// app without an owner is the administrators'. `check-config` says it in the words of the log.
final class DeclaredPeople {

    private DeclaredPeople() {}

    /// @return a line each
    static List<String> unknown(Configuration configuration, Predicate<String> isUser) {
        List<String> lines = new ArrayList<>();
        for (DeclaredApp app : configuration.apps()) {
            String owner = app.ownerId();
            if (owner != null && !isKnown(owner, configuration, isUser)) {
                lines.add(line(app, "ownerId", owner));
            }
            List<String> members = app.members() == null ? List.of() : app.members();
            for (String member : members) {
                if (!isKnown(member, configuration, isUser)) {
                    lines.add(line(app, "members", member));
                }
            }
        }
        return lines;
    }

    private static String line(DeclaredApp app, String key, String found) {
        return "app %s: %s: '%s' is no user (expected: the id of an account, or {issuer}:{sub})"
                .formatted(app.appId(), key, Printable.of(found));
    }

    /// Of users of other issuers nobody knows here whether they are.
    private static boolean isKnown(
            String id, Configuration configuration, Predicate<String> isUser) {
        int colon = id.indexOf(':');
        return colon > 0
                ? configuration.issuers().stream()
                        .anyMatch(issuer -> issuer.name().equals(id.substring(0, colon)))
                : isUser.test(id);
    }

    /// The same by what is in the data directory, which a bus may be running on. Where there is
    /// none yet, nobody is a user.
    static List<String> unknownInRecords(Configuration configuration) {
        if (unknown(configuration, _ -> false).isEmpty()) {
            return List.of();
        }
        try (StoredRecords records =
                StoredRecords.open(configuration.get(ListenerSettings.DATA_DIR))) {
            return unknown(
                    configuration,
                    id -> records.get(Family.USER, id.getBytes(StandardCharsets.UTF_8)) != null);
        } catch (StoreException _) { // or not readable, which is not what is asked here
            return unknown(configuration, _ -> false);
        }
    }
}
