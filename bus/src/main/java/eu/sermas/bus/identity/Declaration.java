package eu.sermas.bus.identity;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.packet.Printable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Brings a registry in step with what the configuration declares, see [Registry#declare].
final class Declaration {

    private final Registry registry;

    Declaration(Registry registry) {
        this.registry = registry;
    }

    List<AppClient> of(List<App> declared) {
        List<AppClient> madeUp = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (App app : declared) {
            names.add(app.appId());
            madeUp.addAll(registry.locked(app.appId(), () -> declare(app)));
        }
        for (String appId : registry.appIds()) {
            if (!names.contains(appId)) {
                registry.locked(appId, () -> withdraw(registry.state(appId).orElse(null)));
            }
        }
        return madeUp;
    }

    private List<AppClient> declare(App app) {
        String appId = app.appId();
        if (!Names.isAppId(appId) || Names.isReservedAppId(appId)) {
            throw new IllegalArgumentException(
                    "appId: '" + Printable.of(appId) + "' (expected: " + Names.APP_ID_FORM + ")");
        }
        AppState before = registry.state(appId).orElse(null);
        AppDraft.Terms terms = registry.terms(AccessRights.system());
        AppDraft draft = before == null ? new AppDraft(app, terms) : new AppDraft(before, terms);
        draft.declare(app);
        Outcome<AppState> outcome =
                before != null && isUnchanged(before, draft)
                        ? refresh(before, draft)
                        : registry.apply(before, draft, true, true);
        if (outcome instanceof Outcome.Refused<AppState>(Refusal refusal)) {
            throw new IllegalArgumentException("app " + appId + ": " + refusal.message());
        }
        return draft.withNewSecrets();
    }

    private static boolean isUnchanged(AppState before, AppDraft draft) {
        return draft.problem() == null && draft.finish(before.app()).isStoredAs(before);
    }

    /// Takes over what is not stored: the secrets of the configuration.
    private Outcome<AppState> refresh(AppState before, AppDraft draft) {
        AppState after = draft.finish(before.app());
        registry.refresh(after);
        return Outcome.done(after);
    }

    /// @return whether it was declared until now
    private boolean withdraw(@Nullable AppState state) {
        if (state == null || !state.declared()) {
            return false;
        }
        AppDraft draft = new AppDraft(state, registry.terms(AccessRights.system()));
        draft.setDeclared(false);
        draft.keepDeclared(Set.of());
        if (draft.isBare()) {
            registry.commit(state, null, true);
        } else {
            var _ = registry.apply(state, draft, true, true);
        }
        return true;
    }
}
