package eu.sermas.bus.identity;

import java.util.Optional;

/// The people with accounts.
@SuppressWarnings("DoNotCallSuggester")
public final class Users {

    Users() {}

    public Optional<User> user(String userId) {
        throw new IllegalStateException("to come");
    }

    public Optional<User> named(String username) {
        throw new IllegalStateException("to come");
    }

    public Outcome<User> create(NewUser user) {
        throw new IllegalStateException("to come");
    }

    /// Whether anybody with the role `platform-admin` can log in by a stored password.
    public boolean hasAdmin() {
        throw new IllegalStateException("to come");
    }

    /// Makes a user with the role `platform-admin` whose password comes from the configuration at
    /// each start and is not stored.
    public void configureAdmin(String username, String password) {
        throw new IllegalStateException("to come");
    }

    /// Makes a user with the role `platform-admin`, or gives it this password; it is kept, hashed.
    public void createAdmin(String username, String password) {
        throw new IllegalStateException("to come");
    }
}
