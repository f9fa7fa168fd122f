package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.GIB;
import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.MIB;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.size;

import java.util.List;

/// The part of the table of [Settings] that is about how many apps and clients there may be, and
/// how large. What all of them may take together stands in [MemorySettings].
public final class RegistrySettings {

    public static final Setting<Integer> APPS_OF_OWNER =
            Setting.of(
                    "limits.registry.apps-per-owner",
                    integer(1, 1_000_000),
                    100,
                    "Apps of one owner account. Those that an administrator owns, imports or declares"
                            + " are not counted.");
    public static final Setting<Long> BYTES_OF_APP =
            Setting.of(
                    "limits.registry.app-bytes",
                    size(KIB, GIB),
                    8 * MIB,
                    "Bytes of heap of one app with its clients, modules, settings, tools and"
                            + " repository, which is up to ten times its JSON.");
    public static final Setting<Integer> CLIENTS_OF_APP =
            Setting.of(
                    "limits.registry.clients-per-app",
                    integer(1, 1_000_000),
                    1_000,
                    "Clients and modules of one app.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(APPS_OF_OWNER, BYTES_OF_APP, CLIENTS_OF_APP);

    private RegistrySettings() {}
}
