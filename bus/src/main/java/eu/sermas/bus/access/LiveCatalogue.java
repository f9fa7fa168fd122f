package eu.sermas.bus.access;

import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The catalogue of topics that is in force: that of the product, with what files, modules of the
/// platform and modules of apps add to it. What is added counts as a whole or not at all.
///
/// An app's topics count for that app alone, so apps cannot get into each other's way, nor into
/// that of the platform: where the platform comes to have a topic of the same form, an app's
/// addition is left out.
///
/// Reading is a look at one field, from any thread; changes wait for each other. As long as nothing
/// is added, nobody reads the product's own catalogue, see there.
public final class LiveCatalogue {

    private static final Logger log = LoggerFactory.getLogger(LiveCatalogue.class);

    private final CatalogueLimits limits;
    private volatile Runnable listener = () -> {};

    /// Null where nothing is added.
    private volatile @Nullable Catalogue extended;

    /// By who has added it, in the order in which it counts. Under the lock of this object.
    private final TreeMap<String, List<CatalogueAddition>> additions = new TreeMap<>();

    public LiveCatalogue(CatalogueLimits limits) {
        this.limits = limits;
    }

    /// That of the product and nothing else.
    public static LiveCatalogue standard() {
        return new LiveCatalogue(CatalogueLimits.DEFAULT);
    }

    /// Who is told of a change, on the thread of the change and after it is in force.
    public void listen(Runnable told) {
        listener = told;
    }

    /// The catalogue of this moment; every change makes another object.
    public Catalogue current() {
        Catalogue present = extended;
        return present == null ? Catalogue.standard() : present;
    }

    /// What the catalogue says of the acknowledgement of a message, or null. Fit for event loops.
    public @Nullable Durability durabilityOf(Topic topic) {
        Catalogue present = extended;
        return present == null
                ? null
                : present.entryOf(topic).map(CatalogueEntry::durability).orElse(null);
    }

    /// Says whether these can take the place of what somebody has added; nothing changes.
    ///
    /// @param owner who adds them, as in [#replace]
    public synchronized void check(String owner, List<CatalogueAddition> wanted)
            throws InvalidTopicsException {
        List<CatalogueAddition> added = withoutEmpty(wanted);
        if (added.isEmpty() || added.equals(additions.get(owner))) {
            return;
        }
        Map<String, List<CatalogueAddition>> next = new TreeMap<>(additions);
        next.put(owner, added);
        List<InvalidTopicsException> problems = compose(next).leftOut(owner);
        if (!problems.isEmpty()) {
            throw problems.getFirst();
        }
    }

    /// Puts these in the place of what somebody has added. What cannot be added is left out and
    /// logged; [#check] tells before.
    ///
    /// @param owner who adds them: `file ...`, `module ...` or `app ...`
    public void replace(String owner, List<CatalogueAddition> wanted) {
        replaceAll(Map.of(owner, wanted));
    }

    /// The same for many at once.
    public void replaceAll(Map<String, List<CatalogueAddition>> wanted) {
        if (enter(wanted)) {
            listener.run();
        }
    }

    private synchronized boolean enter(Map<String, List<CatalogueAddition>> wanted) {
        boolean changed = false;
        for (Map.Entry<String, List<CatalogueAddition>> entry : wanted.entrySet()) {
            List<CatalogueAddition> added = withoutEmpty(entry.getValue());
            List<CatalogueAddition> before =
                    added.isEmpty()
                            ? additions.remove(entry.getKey())
                            : additions.put(entry.getKey(), added);
            changed |= !added.equals(before == null ? List.of() : before);
        }
        if (changed) {
            Composition composition = compose(additions);
            composition.problems.forEach(
                    (addition, problem) ->
                            log.warn(
                                    "topics of {} are left out: {}",
                                    addition.source(),
                                    problem.getMessage()));
            extended = additions.isEmpty() ? null : composition.catalogue();
        }
        return changed;
    }

    private static List<CatalogueAddition> withoutEmpty(List<CatalogueAddition> wanted) {
        return wanted.stream().filter(addition -> !addition.isEmpty()).toList();
    }

    private Composition compose(Map<String, List<CatalogueAddition>> all) {
        Composition composition = new Composition(limits);
        // The platform's come first, for an app has to give way to them.
        all.forEach((owner, added) -> composition.add(owner, added, false));
        all.forEach((owner, added) -> composition.add(owner, added, true));
        return composition;
    }

    /// One catalogue in the making.
    private static final class Composition {

        private final CatalogueLimits limits;
        private final Catalogue standard = Catalogue.standard();
        private final List<CatalogueEntry> entries = new ArrayList<>();

        /// Who has what is unique, by the app that it is unique in, or an empty name.
        private final Map<String, Map<String, String>> taken = new HashMap<>();

        private final Map<CatalogueAddition, InvalidTopicsException> problems =
                new LinkedHashMap<>();
        private final Map<String, List<InvalidTopicsException>> problemsOf = new HashMap<>();

        Composition(CatalogueLimits limits) {
            this.limits = limits;
            standard.entries().forEach(entry -> take(entry, "the catalogue of the product"));
        }

        Catalogue catalogue() {
            return standard.with(entries);
        }

        List<InvalidTopicsException> leftOut(String owner) {
            return problemsOf.getOrDefault(owner, List.of());
        }

        void add(String owner, List<CatalogueAddition> added, boolean ofApps) {
            long bytes = 0;
            int topics = 0;
            for (CatalogueAddition addition : added) {
                if ((addition.appId() != null) != ofApps) {
                    continue;
                }
                try {
                    bytes += addition.content().toString().length();
                    checkLimit("bytes of topics", bytes, limits.maxBytesOfOne());
                    List<CatalogueEntry> wanted = entriesOf(addition);
                    topics += wanted.size();
                    checkLimit("topics", topics, limits.maxTopicsOfOne());
                    checkLimit(
                            "topics added by all together",
                            (long) entries.size() + wanted.size(),
                            limits.maxTopics());
                    entries.addAll(wanted);
                    wanted.forEach(entry -> take(entry, addition.source()));
                } catch (InvalidTopicsException e) {
                    problems.put(addition, e);
                    problemsOf.computeIfAbsent(owner, _ -> new ArrayList<>()).add(e);
                }
            }
        }

        private static void checkLimit(String what, long found, long limit)
                throws InvalidTopicsException {
            if (found > limit) {
                throw InvalidTopicsException.malformed(
                        what, found + " (expected: at most " + limit + ")");
            }
        }

        private List<CatalogueEntry> entriesOf(CatalogueAddition addition)
                throws InvalidTopicsException {
            TopicsReader.Topics read = TopicsReader.read(addition, standard.schemas());
            List<CatalogueEntry> wanted = new ArrayList<>();
            Set<String> own = new HashSet<>();
            for (CatalogueEntry entry : read.topics()) {
                for (String name : unique(entry)) {
                    String holder = own.add(name) ? holder(entry, name) : addition.source();
                    if (holder != null) {
                        throw InvalidTopicsException.conflict(
                                name + ": is there already, from " + holder);
                    }
                }
                wanted.add(entry);
            }
            for (CatalogueEntry entry : read.operations()) {
                if (unique(entry).stream().allMatch(name -> holder(entry, name) == null)
                        && unique(entry).stream().noneMatch(own::contains)) {
                    own.addAll(unique(entry));
                    wanted.add(entry);
                }
            }
            return wanted;
        }

        private static Collection<String> unique(CatalogueEntry entry) {
            return List.of("key '" + entry.key() + "'", "template '" + entry.shape() + "'");
        }

        private @Nullable String holder(CatalogueEntry entry, String name) {
            String ofAll = taken.getOrDefault("", Map.of()).get(name);
            String appId = entry.appId();
            return ofAll != null || appId == null
                    ? ofAll
                    : taken.getOrDefault(appId, Map.of()).get(name);
        }

        private void take(CatalogueEntry entry, String source) {
            String appId = entry.appId();
            Map<String, String> names =
                    taken.computeIfAbsent(appId == null ? "" : appId, _ -> new HashMap<>());
            unique(entry).forEach(name -> names.put(name, source));
        }
    }
}
