package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A client as the list of an app shows it.
///
/// @param origin `own` where it was created by itself, `module` where it comes with a module of its
///   name, `application` for the one of every app through which people log in
/// @param permissions its grants
/// @param tokenLifetime seconds, where its tokens last otherwise than those of its app
/// @param formerSecretUntil ISO 8601, while the secret before the present one is good too
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ListedClient(
        String clientId,
        @Nullable String name,
        String origin,
        List<String> permissions,
        @Nullable Long tokenLifetime,
        @Nullable String formerSecretUntil) {

    /// @param now milliseconds since the epoch
    static ListedClient of(ClientState state, long now) {
        ClientState.Former former = state.formerAt(now);
        return new ListedClient(
                state.client().id(),
                state.client().name(),
                state.origin().name().toLowerCase(Locale.ROOT),
                state.permissions(),
                state.client().tokenLifetime(),
                former == null ? null : Instant.ofEpochMilli(former.until()).toString());
    }
}
