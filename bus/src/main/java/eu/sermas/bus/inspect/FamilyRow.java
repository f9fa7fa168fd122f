package eu.sermas.bus.inspect;

/// How much there is of one kind of records.
///
/// @param bytes of keys and values, before compression
record FamilyRow(String family, long records, long bytes) implements Row {

    @Override
    public String text() {
        return "%-14s %12d records %15d bytes".formatted(family, records, bytes);
    }
}
