package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.text;

import java.time.Duration;
import java.util.List;

/// The part of the table of [Settings] that is about the tokens that this bus issues.
public final class TokenSettings {

    public static final Setting<String> ISSUER =
            Setting.of(
                    "token.issuer",
                    text("a name, usually a URL"),
                    "http://localhost:8080",
                    "The `iss` of the tokens that this bus issues and accepts.");
    public static final Setting<Duration> LIFETIME =
            Setting.of(
                    "token.lifetime",
                    duration(Duration.ofMinutes(3), Duration.ofDays(24)),
                    Duration.ofHours(12),
                    "Lifetime of access and refresh tokens. Existing clients renew theirs every two minutes"
                            + " and overflow their timers after 24 days, hence the range.");
    public static final Setting<Duration> MAX_LIFETIME =
            Setting.of(
                    "token.max-lifetime",
                    duration(Duration.ofMinutes(3), Duration.ofDays(24)),
                    Duration.ofDays(24),
                    "The longest lifetime that an app or a client may have instead of"
                            + " `token.lifetime`; at least that.");
    public static final Setting<Duration> SESSION_MAX_AGE =
            Setting.of(
                    "token.session-max-age",
                    duration(Duration.ofMinutes(3), Duration.ofDays(3650)),
                    Duration.ofDays(30),
                    "How long one login can be renewed without a password or a secret.");
    public static final Setting<Duration> WARNING =
            Setting.of(
                    "token.warning",
                    duration(Duration.ZERO, Duration.ofDays(1)),
                    Duration.ofMinutes(2),
                    "How long before the end of its token a connected client is told so on"
                            + " `$session/token/expiring`.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(ISSUER, LIFETIME, MAX_LIFETIME, SESSION_MAX_AGE, WARNING);

    private TokenSettings() {}
}
