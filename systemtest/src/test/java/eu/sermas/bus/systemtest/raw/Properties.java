package eu.sermas.bus.systemtest.raw;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The properties of one packet, in their order on the wire.
///
/// @param entries each with a `Long`, a `String`, a `byte[]` or a [Pair]
public record Properties(List<Entry> entries) {

    public static final Properties NONE = new Properties(List.of());

    /// @param property null for bytes that are written as they are
    public record Entry(@Nullable Property property, Object value) {

        @Override
        public String toString() {
            var shown = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value;
            return property + "=" + shown;
        }
    }

    /// A user property.
    public record Pair(String name, String value) {}

    public Properties {
        entries = List.copyOf(entries);
    }

    /// @param value what fits the property: a number, a `String`, a [Pair], or a `byte[]`, which a
    ///   text property takes as well, for texts that are no UTF-8
    public Properties with(Property property, Object value) {
        return plus(new Entry(property, value instanceof Integer i ? (Long) (long) i : value));
    }

    public Properties user(String name, String value) {
        return with(Property.USER_PROPERTY, new Pair(name, value));
    }

    /// Adds bytes as they are, for properties that no client should send.
    public Properties raw(byte[] bytes) {
        return plus(new Entry(null, bytes));
    }

    public boolean has(Property property) {
        return !all(property).isEmpty();
    }

    /// @throws AssertionError where it is absent
    public long number(Property property) {
        return (long) value(property);
    }

    /// @throws AssertionError where it is absent
    public String text(Property property) {
        return (String) value(property);
    }

    /// @throws AssertionError where it is absent
    public byte[] binary(Property property) {
        return (byte[]) value(property);
    }

    public List<Pair> user() {
        return all(Property.USER_PROPERTY).stream().map(Pair.class::cast).toList();
    }

    /// All values of a property that may be repeated.
    public List<Object> all(Property property) {
        return entries.stream().filter(e -> e.property() == property).map(Entry::value).toList();
    }

    private Object value(Property property) {
        assertThat(all(property)).as("%s in %s", property, this).hasSize(1);
        return all(property).getFirst();
    }

    private Properties plus(Entry entry) {
        var more = new ArrayList<>(entries);
        more.add(entry);
        return new Properties(more);
    }

    /// With the length in front.
    public Bytes encoded() {
        var body = Bytes.bytes();
        entries.forEach(entry -> write(entry, body));
        var bytes = body.toArray();
        return Bytes.bytes().varint(bytes.length).raw(bytes);
    }

    private static void write(Entry entry, Bytes out) {
        var value = entry.value();
        var property = entry.property();
        if (property == null) {
            out.raw((byte[]) value);
            return;
        }
        out.varint(property.id());
        switch (property.kind()) {
            case BYTE -> out.u8((int) (long) value);
            case TWO_BYTES -> out.u16((int) (long) value);
            case FOUR_BYTES -> out.u32((long) value);
            case VARIABLE -> out.varint((int) (long) value);
            case TEXT, BINARY -> {
                if (value instanceof String text) {
                    out.text(text);
                } else {
                    out.binary((byte[]) value);
                }
            }
            case PAIR -> out.text(((Pair) value).name()).text(((Pair) value).value());
        }
    }

    static Properties read(Cursor in) {
        var bytes = new Cursor(in.take(in.varint()));
        var properties = NONE;
        while (bytes.hasMore()) {
            var property = Property.of(bytes.varint());
            assertThat(property.repeatable() || !properties.has(property))
                    .as("%s only once", property)
                    .isTrue();
            properties = properties.with(property, readValue(property, bytes));
        }
        return properties;
    }

    private static Object readValue(Property property, Cursor in) {
        return switch (property.kind()) {
            case BYTE -> (long) in.u8();
            case TWO_BYTES -> (long) in.u16();
            case FOUR_BYTES -> in.u32();
            case VARIABLE -> (long) in.varint();
            case TEXT -> in.text();
            case BINARY -> in.binary();
            case PAIR -> new Pair(in.text(), in.text());
        };
    }

    @Override
    public String toString() {
        return entries.stream().map(Entry::toString).collect(joining(", ", "{", "}"));
    }
}
