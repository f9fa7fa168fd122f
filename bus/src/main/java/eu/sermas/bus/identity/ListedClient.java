package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A client as the list of an app shows it.
///
/// @param origin `own` where it was created by itself, `module` where it comes with a module of its
///   name, `application` for the one of every app through which people log in
/// @param permissions its grants
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListedClient(
        String clientId, @Nullable String name, String origin, List<String> permissions) {

    static ListedClient of(ClientState state) {
        return new ListedClient(
                state.client().id(),
                state.client().name(),
                state.origin().name().toLowerCase(Locale.ROOT),
                state.permissions());
    }
}
