package eu.sermas.bus.packet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The properties of one packet, immutable and in their order on the wire. Most packets have none
/// and share [#NONE]; those that have any have few, so a linear search over two small arrays beats
/// a map in time and in memory.
///
/// Values: `Long` for numbers of every width, `String`, `byte[]` and [UserProperty]. What may stand
/// where is checked by the codec, not here: the broker builds only what it may send.
public final class Properties {

    public static final Properties NONE = new Properties(new Property[0], new Object[0]);

    /// This object and its two arrays.
    private static final int OBJECTS = 80;

    private final Property[] keys;
    private final Object[] values;

    /// 0 until somebody asks. Several threads may work it out and come to the same number.
    private long cost;

    private Properties(Property[] keys, Object[] values) {
        this.keys = keys;
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Shorthand for the commonest list that the broker writes: a reason string, or nothing for
    /// null.
    public static Properties reason(@Nullable String text) {
        return text == null ? NONE : builder().add(Property.REASON_STRING, text).build();
    }

    public boolean isEmpty() {
        return keys.length == 0;
    }

    public int size() {
        return keys.length;
    }

    /// What they take of the heap, in bytes; nothing where there are none, as [#NONE] is shared.
    public long cost() {
        if (cost == 0 && keys.length > 0) {
            long sum = OBJECTS + 8L * keys.length;
            for (Object value : values) {
                sum += Cost.of(value);
            }
            cost = sum;
        }
        return cost;
    }

    /// The property at this place, in the order on the wire.
    public Property keyAt(int index) {
        return keys[index];
    }

    /// The value at this place, in the order on the wire.
    public Object valueAt(int index) {
        return values[index];
    }

    public boolean has(Property property) {
        return find(property) != null;
    }

    /// @return the number, or `fallback` where the property is absent
    public long number(Property property, long fallback) {
        Object value = find(property);
        return value == null ? fallback : (Long) value;
    }

    public @Nullable String text(Property property) {
        return (String) find(property);
    }

    public byte @Nullable [] binary(Property property) {
        return (byte[]) find(property);
    }

    public List<UserProperty> userProperties() {
        return all(Property.USER_PROPERTY, UserProperty.class);
    }

    /// Every value of a property that may repeat.
    public <T> List<T> all(Property property, Class<T> type) {
        if (!has(property)) {
            return List.of();
        }
        List<T> found = new ArrayList<>(2);
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == property) {
                found.add(type.cast(values[i]));
            }
        }
        return List.copyOf(found);
    }

    /// These properties less the named ones; this very object where none of them is present.
    public Properties without(Property... excluded) {
        List<Property> gone = Arrays.asList(excluded);
        boolean any = false;
        for (Property key : keys) {
            any |= gone.contains(key);
        }
        if (!any) {
            return this;
        }
        Builder builder = builder();
        for (int i = 0; i < keys.length; i++) {
            if (!gone.contains(keys[i])) {
                builder.add(keys[i], values[i]);
            }
        }
        return builder.build();
    }

    private @Nullable Object find(Property property) {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] == property) {
                return values[i];
            }
        }
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Properties that
                && Arrays.equals(keys, that.keys)
                && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(keys) + Arrays.deepHashCode(values);
    }

    /// Names the properties and their values, except authentication data, which is a secret.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < keys.length; i++) {
            text.append(i == 0 ? "" : ", ").append(keys[i]).append('=');
            if (keys[i] == Property.AUTHENTICATION_DATA) {
                text.append("***");
            } else if (values[i] instanceof byte[] bytes) {
                text.append(bytes.length).append(" bytes");
            } else {
                text.append(values[i]);
            }
        }
        return text.append('}').toString();
    }

    /// Collects properties in order. Checks only that a value has the type of its property.
    public static final class Builder {
        private final List<Property> keys = new ArrayList<>(4);
        private final List<Object> values = new ArrayList<>(4);

        private Builder() {}

        public Builder add(Property property, Object value) {
            Object normal = value instanceof Integer number ? number.longValue() : value;
            boolean fits =
                    switch (property.type()) {
                        case BYTE, TWO_BYTE_INTEGER, FOUR_BYTE_INTEGER, VARIABLE_BYTE_INTEGER ->
                                normal instanceof Long;
                        case STRING -> normal instanceof String;
                        case BINARY -> normal instanceof byte[];
                        case STRING_PAIR -> normal instanceof UserProperty;
                    };
            if (!fits) {
                throw new IllegalArgumentException(
                        property
                                + ": "
                                + value.getClass()
                                + " (expected: "
                                + property.type()
                                + ")");
            }
            keys.add(property);
            values.add(normal);
            return this;
        }

        /// Adds the value unless it is null.
        public Builder addIfPresent(Property property, @Nullable Object value) {
            return value == null ? this : add(property, value);
        }

        public Builder addAll(Properties properties) {
            keys.addAll(Arrays.asList(properties.keys));
            values.addAll(Arrays.asList(properties.values));
            return this;
        }

        public Builder user(String name, String value) {
            return add(Property.USER_PROPERTY, new UserProperty(name, value));
        }

        public boolean has(Property property) {
            return keys.contains(Objects.requireNonNull(property));
        }

        public Properties build() {
            return keys.isEmpty()
                    ? NONE
                    : new Properties(keys.toArray(Property[]::new), values.toArray());
        }
    }
}
