package eu.sermas.bus.identity;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A user to be created: the body of `POST /api/auth/admin/user`, or one entry of a Keycloak user
/// list, which has its password in `credentials`. Of such an entry everything else changes nothing.
///
/// @param id the `sub` to give it, or null to make one up
/// @param enabled null means yes
/// @param roles realm roles, also accepted as `realmRoles`
@JsonIgnoreProperties({
    "access",
    "attributes",
    "clientConsents",
    "clientRoles",
    "createdTimestamp",
    "disableableCredentialTypes",
    "emailVerified",
    "federatedIdentities",
    "federationLink",
    "groups",
    "notBefore",
    "origin",
    "requiredActions",
    "self",
    "serviceAccountClientId",
    "socialLinks",
    "totp",
    "userProfileMetadata"
})
public record NewUser(
        @Nullable String id,
        @Nullable String username,
        @Nullable String email,
        @Nullable String password,
        @Nullable String firstName,
        @Nullable String lastName,
        @Nullable Boolean enabled,
        @JsonAlias("realmRoles") @Nullable List<String> roles,
        @Nullable List<Credential> credentials) {

    /// One entry of Keycloak's `credentials`.
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Credential(@Nullable String type, @Nullable String value) {

        /// Without the value.
        @Override
        public String toString() {
            return "Credential[" + type + "]";
        }
    }

    private static final int MIN_NAME = 3;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    /// The user name that it comes to.
    String name() {
        return username == null ? "" : username.strip().toLowerCase(Locale.ROOT);
    }

    /// Why there can be no such user, or null.
    @Nullable Refusal problem() {
        if (name().length() < MIN_NAME) {
            return Refusal.badRequest("missing username");
        }
        if (!User.isName(name())) {
            return Refusal.badRequest("username: expected " + User.NAME_FORM);
        }
        Refusal problem = User.problemOf(anyPassword());
        if (problem == null) {
            problem = User.problemOf(email, firstName, lastName, roles);
        }
        if (problem != null) {
            return problem;
        }
        return id == null || ID.matcher(id).matches()
                ? null
                : Refusal.badRequest("id: expected a UUID");
    }

    /// The password, wherever it stands, or null.
    @Nullable String anyPassword() {
        if (password != null || credentials == null) {
            return password;
        }
        return credentials.stream()
                .filter(credential -> "password".equals(credential.type()))
                .map(Credential::value)
                .findFirst()
                .orElse(null);
    }

    /// Without the password.
    @Override
    public String toString() {
        return "NewUser[" + username + "]";
    }
}
