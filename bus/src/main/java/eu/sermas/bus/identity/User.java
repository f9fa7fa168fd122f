package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Principal;
import java.util.HashSet;
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

    boolean isAdmin() {
        return roles.contains(Principal.PLATFORM_ADMIN);
    }

    User asAdmin() {
        Set<String> more = new HashSet<>(roles);
        more.add(Principal.PLATFORM_ADMIN);
        return new User(userId, username, email, firstName, lastName, true, more);
    }
}
