package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.bool;

import java.util.List;

/// The part of the table of [Settings] that is about what is as open as with the platform of old.
public final class OpennessSettings {

    public static final Setting<Boolean> MEMBERSHIP =
            Setting.of(
                    "identity.open-membership",
                    bool(),
                    false,
                    "Whether every account is a member of every app, as with the platform of old:"
                            + " reads all of its sessions, and ends them.");
    public static final Setting<Boolean> PERMISSIONS =
            Setting.of(
                    "identity.default-permissions",
                    bool(),
                    false,
                    "Whether a client that is made without permissions may do everything in its app,"
                            + " as with the platform of old; else it may do nothing.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(MEMBERSHIP, PERMISSIONS);

    private OpennessSettings() {}
}
