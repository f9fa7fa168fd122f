package eu.sermas.bus.access;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The catalogue of topics that is in force: that of the product, with what files, modules of the
/// platform and modules of apps add to it. What is added counts as a whole or not at all.
///
/// An app's topics count for that app alone and are kept and found by themselves, so that apps
/// cannot get into each other's way, nor into that of the platform: what one of them adds costs the
/// others nothing. Where the platform comes to have a topic of the same form, an app's addition is
/// left out.
///
/// Reading is a look at a field and a map, from any thread. Changes of the platform wait for each
/// other; those of an app wait for nobody. As long as nothing is added, nobody reads the product's
/// own catalogue, see there.
public final class LiveCatalogue {

    private static final Logger log = LoggerFactory.getLogger(LiveCatalogue.class);

    /// What counts for every app. Immutable.
    private static final class Platform {

        /// By who has added them, in the order in which they count.
        private final NavigableMap<String, List<CatalogueAddition>> additions;

        private final CatalogueLimits limits;

        // Made when somebody asks: the product's own catalogue is read then.
        private volatile @Nullable Composition composition;
        private volatile @Nullable Catalogue catalogue;

        Platform(NavigableMap<String, List<CatalogueAddition>> additions, CatalogueLimits limits) {
            this.additions = additions;
            this.limits = limits;
        }

        boolean isEmpty() {
            return additions.isEmpty();
        }

        Composition composition() {
            Composition known = composition;
            if (known == null) {
                Composition made = Composition.ofPlatform(limits);
                additions.values().forEach(made::add);
                composition = made;
                known = made;
            }
            return known;
        }

        Catalogue catalogue() {
            if (additions.isEmpty()) {
                return Catalogue.standard();
            }
            Catalogue known = catalogue;
            if (known == null) {
                known = Catalogue.standard().with(composition().entries());
                catalogue = known;
            }
            return known;
        }
    }

    /// What one app adds.
    ///
    /// @param on what of the platform it goes with
    /// @param entries those in force
    /// @param share whose places they have
    private record OfApp(
            Platform on,
            List<CatalogueAddition> additions,
            List<CatalogueEntry> entries,
            CatalogueIndex index,
            Share share) {}

    private final CatalogueLimits limits;
    private final Shares topics;
    private volatile Consumer<@Nullable String> listener = _ -> {};

    private volatile Platform platform;
    private final Map<String, OfApp> apps = new ConcurrentHashMap<>();

    public LiveCatalogue(CatalogueLimits limits) {
        this.limits = limits;
        this.topics = new Shares(limits.maxTopics(), limits.guaranteedApps());
        this.platform = new Platform(new TreeMap<>(), limits);
    }

    /// That of the product and nothing else.
    public static LiveCatalogue standard() {
        return new LiveCatalogue(CatalogueLimits.DEFAULT);
    }

    /// Who is told of a change, on the thread of the change and after it is in force: the app that
    /// it is of, or null where it is of the platform.
    public void listen(Consumer<@Nullable String> told) {
        listener = told;
    }

    /// What counts for every app.
    public Catalogue common() {
        return platform.catalogue();
    }

    /// What counts for these apps: the topics of every app, and those that they have added.
    public Catalogue of(Set<String> appIds) {
        List<CatalogueEntry> own = new ArrayList<>();
        for (String appId : appIds) {
            OfApp app = apps.get(appId);
            if (app != null) {
                own.addAll(app.entries());
            }
        }
        return own.isEmpty() ? common() : common().with(own);
    }

    /// The entry of a topic, see [Catalogue#entryOf].
    public Optional<CatalogueEntry> entryOf(Topic topic) {
        return Optional.ofNullable(topic(topic)).map(CatalogueTopic::entry);
    }

    @Nullable CatalogueTopic topic(Topic topic) {
        CatalogueTopic ofAll = common().index().find(topic, null);
        OfApp app = ofApp(topic);
        return app == null ? ofAll : app.index().find(topic, ofAll);
    }

    private @Nullable OfApp ofApp(Topic topic) {
        String[] levels = topic.levels();
        return levels.length > 1 ? apps.get(levels[1]) : null;
    }

    /// What the catalogue says of the acknowledgement of a message, or null. Fit for event loops.
    public @Nullable Durability durabilityOf(Topic topic) {
        if (platform.isEmpty() && ofApp(topic) == null) {
            return null;
        }
        CatalogueTopic found = topic(topic);
        return found == null ? null : found.entry().durability();
    }

    // --- what the platform adds

    /// Says whether these can take the place of what somebody has added for every app; nothing
    /// changes.
    ///
    /// @param owner who adds them: `file ...` or `module ...`
    public void check(String owner, List<CatalogueAddition> wanted) throws InvalidTopicsException {
        List<CatalogueAddition> added = withoutEmpty(wanted);
        NavigableMap<String, List<CatalogueAddition>> others = new TreeMap<>(platform.additions);
        if (added.isEmpty() || added.equals(others.remove(owner))) {
            return;
        }
        Composition composition = new Platform(others, limits).composition();
        int before = composition.entries().size();
        InvalidTopicsException problem = composition.add(added);
        if (problem != null) {
            throw problem;
        }
        requireRoom(topics.system(), composition.entries().size() - before, 0);
    }

    /// Puts these in the place of what somebody has added for every app. What cannot be added is
    /// left out and logged; [#check] tells before.
    public void replace(String owner, List<CatalogueAddition> wanted) {
        replaceAll(Map.of(owner, wanted));
    }

    /// The same for many at once.
    public void replaceAll(Map<String, List<CatalogueAddition>> wanted) {
        if (enter(wanted)) {
            listener.accept(null);
        }
    }

    private synchronized boolean enter(Map<String, List<CatalogueAddition>> wanted) {
        NavigableMap<String, List<CatalogueAddition>> additions = new TreeMap<>(platform.additions);
        wanted.forEach(
                (owner, all) -> {
                    List<CatalogueAddition> added = withoutEmpty(all);
                    if (added.isEmpty()) {
                        additions.remove(owner);
                    } else {
                        additions.put(owner, added);
                    }
                });
        if (additions.equals(platform.additions)) {
            return false;
        }
        Platform next = new Platform(additions, limits);
        warn(next.composition());
        topics.system().takeAnyway(next.composition().entries().size());
        topics.system().giveBack(platform.composition().entries().size());
        platform = next;
        apps.forEach((appId, app) -> enter(appId, app.additions()));
        return true;
    }

    private static void warn(Composition composition) {
        composition
                .problems()
                .forEach(
                        (addition, problem) ->
                                log.warn(
                                        "topics of {} are left out: {}",
                                        addition.source(),
                                        problem.getMessage()));
    }

    // --- what an app adds

    /// Says whether these can take the place of what an app has added; nothing changes.
    public void checkApp(String appId, List<CatalogueAddition> wanted)
            throws InvalidTopicsException {
        List<CatalogueAddition> added = withoutEmpty(wanted);
        OfApp before = apps.get(appId);
        if (added.isEmpty() || (before != null && added.equals(before.additions()))) {
            return;
        }
        Composition composition = platform.composition().ofApp();
        InvalidTopicsException problem = composition.add(added);
        if (problem != null) {
            throw problem;
        }
        try (Share share = topics.open(appId)) {
            requireRoom(
                    share,
                    composition.entries().size(),
                    before == null ? 0 : before.entries().size());
        }
    }

    private void requireRoom(Share share, int wanted, int before) throws InvalidTopicsException {
        int more = wanted - before;
        if (more <= 0) {
            return;
        }
        if (!share.take(more)) {
            throw InvalidTopicsException.malformed(
                    "topics added by all together",
                    "no room for %d more (expected: at most %d, of which an app has %d for itself)"
                            .formatted(more, limits.maxTopics(), topics.guarantee()));
        }
        share.giveBack(more);
    }

    /// Puts these in the place of what an app has added, as [#replace] does.
    public void replaceApp(String appId, List<CatalogueAddition> wanted) {
        List<CatalogueAddition> added = withoutEmpty(wanted);
        OfApp before = apps.get(appId);
        if (!added.equals(before == null ? List.of() : before.additions())) {
            enter(appId, added);
            listener.accept(appId);
        }
    }

    /// Where the platform has changed meanwhile, once more.
    @SuppressWarnings("ReferenceEquality") // every change makes another object
    private void enter(String appId, List<CatalogueAddition> added) {
        Platform on;
        do {
            on = platform;
            Composition composition = added.isEmpty() ? null : on.composition().ofApp();
            if (composition != null) {
                var _ = composition.add(added);
                warn(composition);
            }
            put(appId, added, on, composition == null ? List.of() : composition.entries());
        } while (on != platform);
    }

    private void put(
            String appId, List<CatalogueAddition> added, Platform on, List<CatalogueEntry> wanted) {
        CatalogueIndex index = new CatalogueIndex(wanted);
        apps.compute(
                appId,
                (_, before) -> {
                    Share share = before == null ? topics.open(appId) : before.share();
                    share.giveBack(before == null ? 0 : before.entries().size());
                    boolean fits = share.take(wanted.size());
                    if (!fits) {
                        log.warn("topics of app {} are left out: too many of all apps", appId);
                    }
                    if (added.isEmpty()) {
                        share.close();
                        return null;
                    }
                    return fits
                            ? new OfApp(on, added, wanted, index, share)
                            : new OfApp(on, added, List.of(), CatalogueIndex.EMPTY, share);
                });
    }

    private static List<CatalogueAddition> withoutEmpty(List<CatalogueAddition> wanted) {
        return wanted.stream().filter(addition -> !addition.isEmpty()).toList();
    }
}
