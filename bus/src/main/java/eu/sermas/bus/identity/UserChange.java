package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonAlias;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is to become of a user. What is null stays; an empty text takes an address or a name away.
///
/// @param currentPassword proves that it is the user who asks
/// @param roles realm roles, also accepted as `realmRoles`
public record UserChange(
        @Nullable String password,
        @Nullable String currentPassword,
        @Nullable String email,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable Boolean enabled,
        @JsonAlias("realmRoles") @Nullable List<String> roles) {

    /// Whether only an administrator may ask for it.
    public boolean isOfStanding() {
        return enabled != null || roles != null;
    }

    /// Without the passwords.
    @Override
    public String toString() {
        return "UserChange[" + enabled + ", " + roles + "]";
    }

    User of(User present) {
        return new User(
                present.userId(),
                present.username(),
                changed(email, present.email()),
                changed(firstName, present.firstName()),
                changed(lastName, present.lastName()),
                enabled == null ? present.enabled() : enabled,
                roles == null ? present.roles() : Set.copyOf(roles));
    }

    @Nullable Refusal problem() {
        Refusal problem = password == null ? null : User.problemOf(password);
        return problem == null ? User.problemOf(email, firstName, lastName, roles) : problem;
    }

    private static @Nullable String changed(@Nullable String wanted, @Nullable String present) {
        return wanted == null ? present : wanted.isEmpty() ? null : wanted;
    }
}
