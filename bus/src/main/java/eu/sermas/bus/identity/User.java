package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A person with an account.
///
/// @param userId the `sub` of their tokens, and `ownerId` of their apps
/// @param username lower case, unique
/// @param roles realm roles, such as `platform-admin`
@JsonInclude(JsonInclude.Include.NON_NULL)
public record User(
        String userId,
        String username,
        @Nullable String email,
        @Nullable String firstName,
        @Nullable String lastName,
        boolean enabled,
        Set<String> roles) {

    public User {
        roles = Set.copyOf(roles);
    }
}
