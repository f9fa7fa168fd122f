package eu.sermas.bus.systemtest.conformance;

import java.util.Set;

/// The sections whose tests are still to be written. It has to become empty.
final class Pending {

    private static final Set<String> SECTIONS =
            Set.of(
                    "3.1.1 1.5",
                    "3.1.1 2.2",
                    "3.1.1 2.3",
                    "3.1.1 3.1",
                    "3.1.1 3.2",
                    "3.1.1 3.3",
                    "3.1.1 3.6",
                    "3.1.1 3.8",
                    "3.1.1 3.9",
                    "3.1.1 3.10",
                    "3.1.1 3.12",
                    "3.1.1 3.14",
                    "3.1.1 4.1",
                    "3.1.1 4.3",
                    "3.1.1 4.4",
                    "3.1.1 4.5",
                    "3.1.1 4.6",
                    "3.1.1 4.7",
                    "3.1.1 4.8",
                    "3.1.1 6.0",
                    "3.1.1 7.1");

    private Pending() {}

    static boolean holds(Statement statement) {
        return SECTIONS.contains(statement.version() + " " + statement.section());
    }

    static boolean isEmpty() {
        return SECTIONS.isEmpty();
    }
}
