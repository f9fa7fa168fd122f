package eu.sermas.bus.identity;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How long tokens last: as it is said of the client that they are issued to, or that their user
/// came through; else as it is said of its app; else as usual. What was said before the
/// installation was given a lower limit counts up to that.
///
/// @param usual where nothing is said, and for tokens of no app
/// @param longest that can be said
record Lifetimes(Duration usual, Duration longest) {

    /// @param app null for none
    /// @param client null for none
    Duration of(@Nullable AppState app, @Nullable ClientState client) {
        Long seconds = client == null ? null : client.client().tokenLifetime();
        if (seconds == null && app != null) {
            seconds = app.app().tokenLifetime();
        }
        Duration said = seconds == null ? usual : Duration.ofSeconds(seconds);
        return said.compareTo(longest) < 0 ? said : longest;
    }

    /// Why this cannot be said, or null. 0 takes back what was said.
    ///
    /// @param of what it is said of
    @Nullable Refusal problemOf(String of, @Nullable Long seconds) {
        long least = IdentitySettings.MIN_LIFETIME.toSeconds();
        return seconds == null
                        || seconds == 0
                        || (seconds >= least && seconds <= longest.toSeconds())
                ? null
                : Refusal.badRequest(
                        "tokenLifetime of %s: %d s (expected: %d..%d, or 0 for the usual one)"
                                .formatted(of, seconds, least, longest.toSeconds()));
    }
}
