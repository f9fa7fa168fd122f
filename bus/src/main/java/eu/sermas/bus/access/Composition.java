package eu.sermas.bus.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Additions to a catalogue in the making: each counts as a whole, or is left out with the reason.
/// Belongs to one thread.
final class Composition {

    private final CatalogueLimits limits;
    private final Catalogue standard;
    private final List<CatalogueEntry> entries = new ArrayList<>();

    /// Who has what is unique.
    private final Map<String, String> taken;

    private final Map<CatalogueAddition, InvalidTopicsException> problems = new LinkedHashMap<>();

    private Composition(CatalogueLimits limits, Catalogue standard, Map<String, String> taken) {
        this.limits = limits;
        this.standard = standard;
        this.taken = taken;
    }

    /// To the catalogue of the product.
    static Composition ofPlatform(CatalogueLimits limits) {
        Catalogue standard = Catalogue.standard();
        Composition composition = new Composition(limits, standard, new HashMap<>());
        standard.entries()
                .forEach(entry -> composition.take(entry, "the catalogue of the product"));
        return composition;
    }

    /// To what this one comes to, for one app.
    Composition ofApp() {
        return new Composition(limits, standard, new HashMap<>(taken));
    }

    /// Those that could be added, in their order.
    List<CatalogueEntry> entries() {
        return entries;
    }

    Map<CatalogueAddition, InvalidTopicsException> problems() {
        return problems;
    }

    /// What one owner adds.
    ///
    /// @return the first problem, or null
    @Nullable InvalidTopicsException add(List<CatalogueAddition> added) {
        long bytes = 0;
        int topics = 0;
        InvalidTopicsException first = null;
        for (CatalogueAddition addition : added) {
            try {
                bytes += addition.content().toString().length();
                checkLimit("bytes of topics", bytes, limits.maxBytesOfOne());
                List<CatalogueEntry> wanted = entriesOf(addition);
                topics += wanted.size();
                checkLimit("topics", topics, limits.maxTopicsOfOne());
                entries.addAll(wanted);
                wanted.forEach(entry -> take(entry, addition.source()));
            } catch (InvalidTopicsException e) {
                problems.put(addition, e);
                first = first == null ? e : first;
            }
        }
        return first;
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
                String holder = own.add(name) ? taken.get(name) : addition.source();
                if (holder != null) {
                    throw InvalidTopicsException.conflict(
                            name + ": is there already, from " + holder);
                }
            }
            wanted.add(entry);
        }
        for (CatalogueEntry entry : read.operations()) {
            Collection<String> names = unique(entry);
            if (names.stream().noneMatch(name -> taken.containsKey(name) || own.contains(name))) {
                own.addAll(names);
                wanted.add(entry);
            }
        }
        return wanted;
    }

    private static Collection<String> unique(CatalogueEntry entry) {
        return List.of("key '" + entry.key() + "'", "template '" + entry.shape() + "'");
    }

    private void take(CatalogueEntry entry, String source) {
        unique(entry).forEach(name -> taken.put(name, source));
    }
}
