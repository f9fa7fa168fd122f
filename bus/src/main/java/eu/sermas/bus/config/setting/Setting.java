package eu.sermas.bus.config.setting;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One line of the table of settings.
///
/// @param <T> the type of its values
public final class Setting<T> {

    private static final String ENVIRONMENT_PREFIX = "SERMAS_BUS_";

    private final String key;
    private final Kind<T> kind;
    private final @Nullable T fallback;
    private final String description;
    private final boolean secret;
    private final @Nullable String alias;

    private Setting(
            String key,
            Kind<T> kind,
            @Nullable T fallback,
            String description,
            boolean secret,
            @Nullable String alias) {
        this.key = key;
        this.kind = kind;
        this.fallback = fallback;
        this.description = description;
        this.secret = secret;
        this.alias = alias;
    }

    static <T> Setting<T> of(String key, Kind<T> kind, T fallback, String description) {
        return new Setting<>(key, kind, fallback, description, false, null);
    }

    /// A setting that has no value unless somebody gives it one.
    static <T> Setting<T> optional(String key, Kind<T> kind, String description) {
        return new Setting<>(key, kind, null, description, false, null);
    }

    /// The same setting, whose value is never shown.
    Setting<T> secret() {
        return new Setting<>(key, kind, fallback, description, true, alias);
    }

    /// The same setting with a second environment variable, known from elsewhere.
    Setting<T> alsoFrom(String variable) {
        return new Setting<>(key, kind, fallback, description, secret, variable);
    }

    /// The path in the file, with dots.
    public String key() {
        return key;
    }

    public Kind<T> kind() {
        return kind;
    }

    public @Nullable T fallback() {
        return fallback;
    }

    String description() {
        return description;
    }

    public boolean isSecret() {
        return secret;
    }

    public @Nullable String alias() {
        return alias;
    }

    /// The environment variable that overrides the file: `limits.queue.max-messages` is
    /// `SERMAS_BUS_LIMITS_QUEUE_MAX_MESSAGES`.
    public String variable() {
        return ENVIRONMENT_PREFIX
                + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    public static boolean isOurVariable(String name) {
        return name.startsWith(ENVIRONMENT_PREFIX);
    }

    @Override
    public String toString() {
        return key;
    }
}
