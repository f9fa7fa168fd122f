package eu.sermas.bus.inspect;

/// One line of a report. Its components are the members of a JSON object.
public sealed interface Row permits FamilyRow {

    /// The row for people.
    String text();

    /// Text that somebody else made up must not move the cursor of a terminal.
    static String printable(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        point -> {
                            if (Character.isISOControl(point)
                                    || Character.getType(point) == Character.FORMAT) {
                                printable.append("\\u%04x".formatted(point));
                            } else {
                                printable.appendCodePoint(point);
                            }
                        });
        return printable.toString();
    }
}
