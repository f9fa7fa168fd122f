package eu.sermas.bus.systemtest.conformance;

import static java.util.Comparator.comparing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A test method and a statement that it carries.
record Proof(Statement.Key statement, Method test) {

    private static final String PACKAGE = Proof.class.getPackageName();

    /// What the test classes of the conformance packages carry, found on disk.
    static final List<Proof> ALL = find();

    /// Class and method, as in `v5.ConnectIT.secondConnectCloses`.
    String name() {
        return nameOf(test.getDeclaringClass().getName(), test.getName());
    }

    static String nameOf(String className, String methodName) {
        return className.substring(PACKAGE.length() + 1) + "." + methodName;
    }

    /// The names of the tests by statement, both in a fixed order.
    static TreeMap<Statement.Key, List<String>> byStatement() {
        return ALL.stream()
                .collect(
                        Collectors.groupingBy(
                                Proof::statement,
                                TreeMap::new,
                                Collectors.mapping(Proof::name, Collectors.toList())));
    }

    private static List<Proof> find() {
        return Stream.of("v5", "v311")
                .flatMap(Proof::classes)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .flatMap(Proof::of)
                .sorted(comparing(Proof::name).thenComparing(Proof::statement))
                .toList();
    }

    private static Stream<Class<?>> classes(String subpackage) {
        try (var files = Files.list(directory().resolve(subpackage))) {
            List<Class<?>> classes =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith("IT.class"))
                            .map(name -> name.replace(".class", ""))
                            .<Class<?>>map(name -> load(PACKAGE + "." + subpackage + "." + name))
                            .toList();
            return classes.stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path directory() {
        try {
            var root = Proof.class.getProtectionDomain().getCodeSource().getLocation().toURI();
            return Path.of(root).resolve(PACKAGE.replace('.', '/'));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, Proof.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<Proof> of(Method test) {
        var mqtt5 = test.getAnnotation(Mqtt5.class);
        var mqtt311 = test.getAnnotation(Mqtt311.class);
        return Stream.concat(
                mqtt5 == null ? Stream.of() : of("5.0", mqtt5.value(), test),
                mqtt311 == null ? Stream.of() : of("3.1.1", mqtt311.value(), test));
    }

    private static Stream<Proof> of(String version, String[] ids, Method test) {
        return Stream.of(ids).map(id -> new Proof(new Statement.Key(version, id), test));
    }
}
