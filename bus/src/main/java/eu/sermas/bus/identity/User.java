package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.identity.secret.Secrets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
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

    static final String NAME_FORM = "3..128 letters, digits or . _ @ + ~ -";

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}._@+~-]{3,128}");

    /// Names that look like those of clients in logs and tokens.
    private static final String SERVICE_ACCOUNT = "service-account-";

    /// Characters of an email address or a part of a name, and the roles of one user.
    private static final int LONGEST = 256;

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

    static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.startsWith(SERVICE_ACCOUNT);
    }

    /// Why nobody can have this password, or null.
    static @Nullable Refusal problemOf(@Nullable String password) {
        if (password == null || password.isEmpty()) {
            return Refusal.badRequest("missing password");
        }
        return password.length() > Secrets.MAX_LENGTH
                ? Refusal.badRequest(
                        "password: expected at most " + Secrets.MAX_LENGTH + " characters")
                : null;
    }

    /// The same of these.
    static @Nullable Refusal problemOf(
            @Nullable String email,
            @Nullable String firstName,
            @Nullable String lastName,
            @Nullable List<@Nullable String> roles) {
        if (isLong(email) || isLong(firstName) || isLong(lastName)) {
            return Refusal.badRequest(
                    "email, firstName, lastName: expected at most " + LONGEST + " characters");
        }
        boolean right =
                roles == null
                        || (roles.size() <= LONGEST && roles.stream().allMatch(User::canBeRole));
        return right
                ? null
                : Refusal.badRequest(
                        "roles: expected at most %d of 1..%d characters"
                                .formatted(LONGEST, LONGEST));
    }

    private static boolean canBeRole(@Nullable String role) {
        return role != null && !role.isEmpty() && !isLong(role);
    }

    private static boolean isLong(@Nullable String text) {
        return text != null && text.length() > LONGEST;
    }
}
