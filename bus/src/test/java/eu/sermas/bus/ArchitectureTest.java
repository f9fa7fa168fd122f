package eu.sermas.bus;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.TokenStreamFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Keeps the floors of the house: who may know whom.
class ArchitectureTest {

    private static final String ROOT = "eu.sermas.bus";
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path HOUSE = SOURCES.resolve("eu/sermas/bus");
    private static final int LONGEST_FILE = 600;

    /// More names than this are searched, not read.
    private static final int LARGEST_FOLDER = 30;

    /// Folders that are larger, with the number of their files: it may only fall.
    private static final Map<String, Integer> STILL_LARGER =
            Map.of(
                    "broker", 59,
                    "identity", 58,
                    "transport", 42,
                    "access", 36,
                    "packet", 33);

    /// For each room, what it may import of ours. A room is a package with everything below it that
    /// is no room itself.
    private static final Map<String, Set<String>> FLOORS =
            Map.ofEntries(
                    Map.entry("packet", Set.of()),
                    Map.entry("metrics", Set.of()),
                    Map.entry("budget", Set.of()),
                    Map.entry("json", Set.of()),
                    Map.entry("time", Set.of()),
                    Map.entry("peer", Set.of("budget")),
                    Map.entry("http", Set.of("budget", "peer")),
                    Map.entry("codec", Set.of("packet")),
                    Map.entry("tls", Set.of()),
                    Map.entry("access", Set.of("packet", "json", "budget")),
                    Map.entry("routing", Set.of("packet")),
                    Map.entry("store", Set.of("packet", "metrics", "budget")),
                    Map.entry("journal", Set.of("packet", "store", "metrics", "budget", "time")),
                    Map.entry("session", Set.of("packet", "store", "metrics", "budget", "journal")),
                    Map.entry(
                            "broker",
                            Set.of(
                                    "packet", "metrics", "budget", "access", "routing", "store",
                                    "journal", "session", "time")),
                    Map.entry("audit", Set.of("access", "json", "budget")),
                    Map.entry(
                            "identity",
                            Set.of(
                                    "packet", "metrics", "budget", "json", "access", "store",
                                    "time")),
                    Map.entry(
                            "transport",
                            Set.of(
                                    "packet",
                                    "metrics",
                                    "budget",
                                    "peer",
                                    "http",
                                    "access",
                                    "audit",
                                    "codec",
                                    "tls",
                                    "session",
                                    "broker",
                                    "identity")),
                    // Of the store it knows that it may fail, which is an answer to whoever asked.
                    Map.entry(
                            "rest.http",
                            Set.of("packet", "json", "budget", "peer", "http", "access", "store")),
                    Map.entry(
                            "rest.caller",
                            Set.of(
                                    "packet",
                                    "budget",
                                    "time",
                                    "http",
                                    "access",
                                    "identity",
                                    "rest.http")),
                    Map.entry(
                            "rest.identity",
                            Set.of(
                                    "packet",
                                    "access",
                                    "audit",
                                    "identity",
                                    "rest.http",
                                    "rest.caller")),
                    Map.entry(
                            "rest.events",
                            Set.of("packet", "access", "broker", "rest.http", "rest.caller")),
                    Map.entry(
                            "rest.relay",
                            Set.of(
                                    "packet",
                                    "budget",
                                    "access",
                                    "broker",
                                    "rest.http",
                                    "rest.caller",
                                    "rest.events")),
                    Map.entry(
                            "rest.documents",
                            Set.of("packet", "json", "access", "rest.http", "rest.caller")),
                    Map.entry(
                            "rest.access",
                            Set.of(
                                    "packet",
                                    "budget",
                                    "access",
                                    "audit",
                                    "broker",
                                    "identity",
                                    "rest.http",
                                    "rest.caller")),
                    Map.entry(
                            "rest.operation",
                            Set.of(
                                    "packet",
                                    "metrics",
                                    "access",
                                    "audit",
                                    "session",
                                    "broker",
                                    "rest.http",
                                    "rest.caller")),
                    Map.entry(
                            "rest",
                            Set.of(
                                    "packet",
                                    "metrics",
                                    "budget",
                                    "time",
                                    "http",
                                    "access",
                                    "audit",
                                    "broker",
                                    "identity",
                                    "rest.http",
                                    "rest.caller",
                                    "rest.identity",
                                    "rest.events",
                                    "rest.relay",
                                    "rest.documents",
                                    "rest.access",
                                    "rest.operation")),
                    Map.entry(
                            "config",
                            Set.of(
                                    "packet",
                                    "json",
                                    "peer",
                                    "http",
                                    "access",
                                    "journal",
                                    "broker",
                                    "identity")),
                    Map.entry("backup", Set.of("json", "store")),
                    Map.entry("inspect", Set.of("packet", "json", "store", "journal", "time")),
                    Map.entry("client", Set.of("packet", "codec")),
                    Map.entry("load", Set.of("packet", "codec")),
                    Map.entry(
                            "server",
                            Set.of(
                                    "packet",
                                    "metrics",
                                    "budget",
                                    "json",
                                    "http",
                                    "access",
                                    "audit",
                                    "store",
                                    "journal",
                                    "session",
                                    "broker",
                                    "identity",
                                    "tls",
                                    "transport",
                                    "rest",
                                    "rest.caller",
                                    "rest.identity",
                                    "config",
                                    "backup",
                                    "time")),
                    Map.entry("cli.common", Set.of("json", "server")),
                    Map.entry("cli.rest", Set.of("json", "cli.common")),
                    Map.entry(
                            "cli.mqtt", Set.of("packet", "json", "config", "client", "cli.common")),
                    Map.entry(
                            "cli",
                            Set.of(
                                    "packet",
                                    "json",
                                    "config",
                                    "client",
                                    "load",
                                    "server",
                                    "backup",
                                    "inspect",
                                    "store",
                                    "cli.common",
                                    "cli.mqtt",
                                    "cli.rest")));

    private static final List<String> WITH_NETTY =
            List.of(
                    "codec",
                    "peer",
                    "http",
                    "tls",
                    "transport",
                    "rest.http",
                    "rest.relay",
                    "rest",
                    "client",
                    "load",
                    "server",
                    "cli.common");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages(ROOT);
    }

    static Stream<String> rooms() {
        return FLOORS.keySet().stream().sorted();
    }

    /// Where a part of a room is a room, all of its parts are.
    @Test
    void everyRoomHasItsFloor() {
        Set<String> without =
                classes.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(ROOT + "."))
                        .map(name -> name.substring(ROOT.length() + 1))
                        .filter(name -> !FLOORS.containsKey(name))
                        .filter(
                                name ->
                                        rooms().noneMatch(room -> isPart(name, room))
                                                || hasRooms(name))
                        .collect(Collectors.toSet());
        assertThat(without).isEmpty();
    }

    private static boolean isPart(String name, String room) {
        return name.startsWith(room + ".");
    }

    private static boolean hasRooms(String name) {
        String house = name.substring(0, name.indexOf('.'));
        return rooms().anyMatch(room -> isPart(room, house));
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomKnowsOnlyTheFloorsBelow(String room) {
        Set<String> below = FLOORS.getOrDefault(room, Set.of());
        noClasses()
                .that(inside(room))
                .should()
                .dependOnClassesThat(
                        DescribedPredicate.describe(
                                "are neither in the room nor below it",
                                type -> {
                                    String other = roomOf(type);
                                    return other != null
                                            && !other.equals(room)
                                            && !below.contains(other);
                                }))
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void nettyStaysAtTheEdge() {
        noClasses()
                .that(
                        DescribedPredicate.describe(
                                "are not at the edge", type -> !isAtEdge(roomOf(type))))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(classes);
    }

    private static boolean isAtEdge(@Nullable String room) {
        return room != null && WITH_NETTY.contains(room);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(classes);
    }

    /// A reader that somebody makes elsewhere has no limits, or others.
    @Test
    void readersOfJsonAreMadeInOnePlace() {
        noClasses()
                .that(DescribedPredicate.not(inside("json")))
                .should()
                .callConstructorWhere(target(isReaderOfJson()))
                .orShould()
                .callMethodWhere(target(name("builder")).and(target(isReaderOfJson())))
                .check(classes);
    }

    private static DescribedPredicate<HasOwner<JavaClass>> isReaderOfJson() {
        return owner(
                assignableTo(ObjectMapper.class)
                        .or(assignableTo(TokenStreamFactory.class))
                        .as("a reader of JSON or YAML"));
    }

    /// A comparison that ends at the first difference tells how much of a guess was right.
    @Test
    void secretsAreComparedInConstantTime() {
        noClasses()
                .that()
                .haveNameMatching(
                        Pattern.quote(ROOT + ".identity.")
                                + "(secret\\.(Secret|Secrets|Fingerprint)|RefreshTokens)(\\$.*)?")
                .and()
                .areNotRecords()
                .should()
                .callMethod(String.class, "equals", Object.class)
                .orShould()
                .callMethod(String.class, "equalsIgnoreCase", String.class)
                .orShould()
                .callMethod(String.class, "contentEquals", CharSequence.class)
                .orShould()
                .callMethod(String.class, "compareTo", String.class)
                .orShould()
                .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
                .orShould()
                .callMethod(Objects.class, "equals", Object.class, Object.class)
                .check(classes);
    }

    @Test
    void noFileIsTooLong() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Map<Path, Integer> tooLong =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .collect(Collectors.toMap(file -> file, ArchitectureTest::lines));
            tooLong.values().removeIf(lines -> lines <= LONGEST_FILE);
            assertThat(tooLong).isEmpty();
        }
    }

    @Test
    void noFolderIsTooLarge() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            Map<String, Integer> tooLarge =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.endsWith("package-info.java"))
                            .collect(
                                    Collectors.toMap(
                                            ArchitectureTest::folderOf, _ -> 1, Integer::sum));
            tooLarge.values().removeIf(size -> size <= LARGEST_FOLDER);
            assertThat(tooLarge).containsOnlyKeys(STILL_LARGER.keySet());
            tooLarge.forEach(
                    (folder, size) ->
                            assertThat(size)
                                    .as(folder)
                                    .isLessThanOrEqualTo(STILL_LARGER.get(folder)));
        }
    }

    private static String folderOf(Path file) {
        return HOUSE.relativize(file.getParent()).toString().replace('/', '.');
    }

    @Test
    void noNameEndsInImpl() {
        assertThat(classes.stream().map(JavaClass::getSimpleName))
                .noneMatch(name -> name.endsWith("Impl"));
    }

    private static DescribedPredicate<JavaClass> inside(String room) {
        return DescribedPredicate.describe(
                "are inside of " + room, type -> room.equals(roomOf(type)));
    }

    /// The empty string for what lies on the stairs, in no room; null for what is not ours.
    private static @Nullable String roomOf(JavaClass type) {
        String name = type.getPackageName();
        if (!name.equals(ROOT) && !name.startsWith(ROOT + ".")) {
            return null;
        }
        return rooms().filter(room -> (name + ".").startsWith(ROOT + "." + room + "."))
                .max(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private static int lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return (int) lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
