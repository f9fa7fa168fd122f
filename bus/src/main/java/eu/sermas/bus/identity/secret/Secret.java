package eu.sermas.bus.identity.secret;

/// What is known of a secret or a password, to check one that is presented.
public sealed interface Secret {

    /// None that anybody could present.
    record None() implements Secret {}

    /// An Argon2id hash, as it is stored.
    record Hashed(String hash) implements Secret {}

    /// One that stands in the configuration: its fingerprint under a key of this process, never
    /// stored.
    record Configured(Fingerprint fingerprint) implements Secret {}

    Secret NONE = new None();
}
