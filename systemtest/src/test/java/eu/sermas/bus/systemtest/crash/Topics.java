package eu.sermas.bus.systemtest.crash;

/// Topic filters as the specification defines them, kept apart from those of the product.
final class Topics {

    private static final String SHARE = "$share/";

    private Topics() {}

    static boolean isShared(String filter) {
        return filter.startsWith(SHARE);
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
