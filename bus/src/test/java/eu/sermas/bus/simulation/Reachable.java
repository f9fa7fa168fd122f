package eu.sermas.bus.simulation;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Everything of the bus that an object keeps alive, however it does: what is there is held,
/// whether or not anybody has counted it. The simulation around it is left out.
final class Reachable {

    private static final String OURS = "eu.sermas.bus.";
    private static final String SIMULATION = Reachable.class.getPackageName() + ".";
    private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

    /// Each with the one by which it was found.
    private final IdentityHashMap<Object, Object> found = new IdentityHashMap<>();

    private final ArrayDeque<Object> open = new ArrayDeque<>();

    Reachable(Object root) {
        visit(root, root);
        while (!open.isEmpty()) {
            follow(open.removeFirst());
        }
    }

    /// All objects of a class.
    <T> List<T> all(Class<T> type) {
        return found.keySet().stream().filter(type::isInstance).map(type::cast).toList();
    }

    int count(Class<?> type) {
        return all(type).size();
    }

    /// By what an object of a class is kept alive, from it to the root; empty where there is none.
    @SuppressWarnings("ReferenceEquality") // the root was found by itself
    String chainTo(Class<?> type) {
        StringBuilder chain = new StringBuilder();
        Object last = null;
        for (Object each = all(type).stream().findFirst().orElse(null);
                each != null && each != last;
                each = found.get(each)) {
            chain.append(chain.isEmpty() ? "" : " < ").append(each.getClass().getSimpleName());
            last = each;
        }
        return chain.toString();
    }

    private void visit(Object by, @Nullable Object object) {
        if (object != null && isFollowed(object) && found.putIfAbsent(object, by) == null) {
            open.addLast(object);
        }
    }

    private static boolean isFollowed(Object object) {
        String name = object.getClass().getName();
        return object instanceof Object[]
                || object instanceof Iterable
                || object instanceof Map
                || object instanceof AtomicReference
                || (name.startsWith(OURS) && !name.startsWith(SIMULATION));
    }

    private void follow(Object object) {
        switch (object) {
            case Object[] array -> {
                for (Object each : array) {
                    visit(object, each);
                }
            }
            case Map<?, ?> map -> {
                map.keySet().forEach(key -> visit(object, key));
                map.values().forEach(value -> visit(object, value));
            }
            case AtomicReference<?> reference -> visit(object, reference.get());
            case Iterable<?> each when !isOurs(object) ->
                    each.forEach(element -> visit(object, element));
            default ->
                    fieldsOf(object.getClass()).forEach(field -> visit(object, get(field, object)));
        }
    }

    private static boolean isOurs(Object object) {
        return object.getClass().getName().startsWith(OURS);
    }

    private static @Nullable Object get(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field.toString(), e);
        }
    }

    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> known = FIELDS.get(type);
        if (known == null) {
            known = new ArrayList<>();
            for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
                for (Field field : c.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())
                            && !field.getType().isPrimitive()
                            && c.getName().startsWith(OURS)) {
                        field.setAccessible(true);
                        known.add(field);
                    }
                }
            }
            FIELDS.put(type, known);
        }
        return known;
    }
}
