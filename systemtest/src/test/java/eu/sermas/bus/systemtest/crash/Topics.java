package eu.sermas.bus.systemtest.crash;

/// Topic filters as the specification defines them, kept apart from those of the product.
final class Topics {

    /// A shared subscription of which one member stays, and others come and go.
    static final String VISITED = "$share/visitors/visited/#";

    private static final String SHARE = "$share/";
    private static final String LOOSE = "loose/";

    private Topics() {}

    static boolean isShared(String filter) {
        return filter.startsWith(SHARE);
    }

    /// Whether a run may give an acknowledgement there no meaning beyond the process.
    static boolean isLoose(String topic) {
        return topic.startsWith(LOOSE);
    }

    /// @param filter perhaps a shared one
    static boolean matches(String filter, String topic) {
        var plain = isShared(filter) ? filter.split("/", 3)[2] : filter;
        var wanted = plain.split("/", -1);
        var levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            boolean isAny = wanted[i].equals("+");
            if (i == levels.length || !(isAny || wanted[i].equals(levels[i]))) {
                return false;
            }
        }
        return wanted.length == levels.length;
    }
}
