package eu.sermas.bus.routing;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A map from the key of a value to the value, for millions of owners of which most have none or
/// one.
///
/// The map has no object of its own. It is kept in one volatile field of its owner, as null
/// (empty), the value itself (one), an array (a few) or a concurrent map (many). The methods here
/// read such a field's value or work out the next one, which the owner then stores. Reading needs
/// no lock: a value or an array that was once seen never changes, and the concurrent map takes care
/// of itself. Writers of one field take turns under a lock of the owner.
@SuppressWarnings("unchecked") // what is neither an array nor a map is a value, arrays hold values
final class Slots<K, V> {

    private static final int MOST_IN_ARRAY = 8;
    private static final int FEWEST_IN_MAP = 5;

    private final Function<V, K> keyOf;

    Slots(Function<V, K> keyOf) {
        this.keyOf = keyOf;
    }

    @Nullable V find(@Nullable Object slots, K key) {
        return switch (slots) {
            case null -> null;
            case Object[] few -> {
                int at = indexOf(few, key);
                yield at < 0 ? null : (V) few[at];
            }
            case ConcurrentHashMap<?, ?> many -> (V) many.get(key);
            default -> hasKey(slots, key) ? (V) slots : null;
        };
    }

    void forEach(@Nullable Object slots, Consumer<? super V> action) {
        switch (slots) {
            case null -> {}
            case Object[] few -> {
                for (Object value : few) {
                    action.accept((V) value);
                }
            }
            case ConcurrentHashMap<?, ?> many ->
                    ((ConcurrentHashMap<K, V>) many).values().forEach(action);
            default -> action.accept((V) slots);
        }
    }

    /// The values one by one. What is there now and stays there comes exactly once, whatever is put
    /// and removed meanwhile.
    Iterator<V> iterator(@Nullable Object slots) {
        return switch (slots) {
            case null -> Collections.emptyIterator();
            case Object[] few -> (Iterator<V>) Arrays.asList(few).iterator();
            case ConcurrentHashMap<?, ?> many ->
                    ((ConcurrentHashMap<K, V>) many).values().iterator();
            default -> Collections.singleton((V) slots).iterator();
        };
    }

    /// The slots with this value in them, in place of the one of the same key.
    Object put(@Nullable Object slots, V value) {
        return switch (slots) {
            case null -> value;
            case Object[] few -> putInArray(few, value);
            case ConcurrentHashMap<?, ?> many -> {
                ((ConcurrentHashMap<K, V>) many).put(keyOf.apply(value), value);
                yield many;
            }
            default -> hasKey(slots, keyOf.apply(value)) ? value : new Object[] {slots, value};
        };
    }

    /// The slots without the value of this key.
    @Nullable Object remove(@Nullable Object slots, K key) {
        return switch (slots) {
            case null -> null;
            case Object[] few -> removeFromArray(few, key);
            case ConcurrentHashMap<?, ?> many -> {
                many.remove(key);
                yield many.size() < FEWEST_IN_MAP ? many.values().toArray() : many;
            }
            default -> hasKey(slots, key) ? null : slots;
        };
    }

    private Object putInArray(Object[] few, V value) {
        K key = keyOf.apply(value);
        int at = indexOf(few, key);
        if (at >= 0) {
            Object[] next = few.clone();
            next[at] = value;
            return next;
        }
        if (few.length < MOST_IN_ARRAY) {
            Object[] next = Arrays.copyOf(few, few.length + 1);
            next[few.length] = value;
            return next;
        }
        ConcurrentHashMap<K, V> many = new ConcurrentHashMap<>(2 * MOST_IN_ARRAY);
        for (Object old : few) {
            many.put(keyOf.apply((V) old), (V) old);
        }
        many.put(key, value);
        return many;
    }

    private Object removeFromArray(Object[] few, K key) {
        int at = indexOf(few, key);
        if (at < 0) {
            return few;
        }
        if (few.length == 2) {
            return few[1 - at];
        }
        Object[] next = Arrays.copyOf(few, few.length - 1);
        System.arraycopy(few, at + 1, next, at, few.length - 1 - at);
        return next;
    }

    private int indexOf(Object[] few, K key) {
        for (int i = 0; i < few.length; i++) {
            if (hasKey(few[i], key)) {
                return i;
            }
        }
        return -1;
    }

    private boolean hasKey(Object value, K key) {
        return keyOf.apply((V) value).equals(key);
    }
}
