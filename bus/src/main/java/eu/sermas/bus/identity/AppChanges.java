package eu.sermas.bus.identity;

import eu.sermas.bus.identity.IdentityEvent.AppChanged;
import eu.sermas.bus.identity.IdentityEvent.AppModuleChanged;
import eu.sermas.bus.identity.IdentityEvent.ClientChanged;
import eu.sermas.bus.identity.IdentityEvent.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What differs between two states of an app, as events.
final class AppChanges {

    private AppChanges() {}

    /// A deletion is reported from the inside out, everything else from the outside in.
    ///
    /// @param reportApp whether the app itself was meant, and not just one of its parts
    static List<IdentityEvent> between(
            @Nullable AppState before, @Nullable AppState after, boolean reportApp) {
        List<IdentityEvent> events = new ArrayList<>();
        if (after != null && reportApp) {
            events.add(
                    new AppChanged(
                            before == null ? Operation.CREATED : Operation.UPDATED,
                            after.app().withoutCredentials()));
        }
        diff(
                before == null ? Map.of() : before.clients(),
                after == null ? Map.of() : after.clients(),
                AppChanges::isSame,
                (operation, state) ->
                        events.add(
                                new ClientChanged(
                                        operation, state.client().appIdOrEmpty(), state.client())));
        diff(
                modulesOf(before),
                modulesOf(after),
                Object::equals,
                (operation, module) ->
                        events.add(
                                new AppModuleChanged(
                                        operation, String.valueOf(module.appId()), module)));
        if (after == null && before != null) {
            events.add(new AppChanged(Operation.DELETED, before.app().withoutCredentials()));
        }
        return events;
    }

    private static boolean isSame(ClientState one, ClientState other) {
        return one.stored().equals(other.stored());
    }

    private static Map<String, AppModule> modulesOf(@Nullable AppState state) {
        return state == null
                ? Map.of()
                : state.modules().stream()
                        .collect(Collectors.toMap(AppModule::moduleId, Function.identity()));
    }

    private interface Same<T> {
        boolean test(T one, T other);
    }

    private interface Report<T> {
        void accept(Operation operation, T value);
    }

    private static <T> void diff(
            Map<String, T> before, Map<String, T> after, Same<T> same, Report<T> report) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        for (String name : names) {
            T old = before.get(name);
            T current = after.get(name);
            if (current == null && old != null) {
                report.accept(Operation.DELETED, old);
            } else if (old == null && current != null) {
                report.accept(Operation.CREATED, current);
            } else if (old != null && current != null && !same.test(old, current)) {
                report.accept(Operation.UPDATED, current);
            }
        }
    }
}
