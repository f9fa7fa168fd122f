package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.path;
import static eu.sermas.bus.config.setting.Kind.text;
import static eu.sermas.bus.config.setting.Setting.optional;

import java.nio.file.Path;
import java.util.List;

/// The part of the table of [Settings] that is about who may do everything.
public final class AdminSettings {

    public static final Setting<String> USER =
            Setting.of(
                            "auth.admin.user",
                            text("a user name"),
                            "admin",
                            "Name of the administrator, who has the role `platform-admin`.")
                    .alsoFrom("ADMIN_USER");
    public static final Setting<String> PASSWORD =
            optional(
                            "auth.admin.password",
                            text("a password"),
                            "The administrator's password. Without it and without"
                                    + " `auth.admin.password-file`, the first start makes a random one"
                                    + " and shows it once.")
                    .secret()
                    .alsoFrom("ADMIN_PASSWORD");
    public static final Setting<Path> PASSWORD_FILE =
            optional(
                    "auth.admin.password-file",
                    path("a path"),
                    "File that holds the administrator's password; a line end behind it does not"
                            + " count.");
    public static final Setting<String> PLATFORM_SECRET =
            optional(
                            "auth.platform-secret",
                            text("a secret"),
                            "Secret of the system client `platform`, which may do everything;"
                                    + " without one there is no such client.")
                    .secret();
    public static final Setting<Path> PLATFORM_SECRET_FILE =
            optional(
                    "auth.platform-secret-file",
                    path("a path"),
                    "File that holds the secret of the system client `platform`.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(USER, PASSWORD, PASSWORD_FILE, PLATFORM_SECRET, PLATFORM_SECRET_FILE);

    private AdminSettings() {}
}
