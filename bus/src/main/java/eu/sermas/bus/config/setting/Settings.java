package eu.sermas.bus.config.setting;

import java.util.List;
import java.util.stream.Stream;

/// Every setting: its key, what it takes, its default and what it does, from one table for each
/// subject. The reference in `docs/configuration.md` is this table.
public final class Settings {

    /// In the order of the reference.
    public static final List<Setting<?>> ALL =
            Stream.of(
                            ListenerSettings.ALL,
                            TlsSettings.ALL,
                            TokenSettings.ALL,
                            AdminSettings.ALL,
                            OpennessSettings.ALL,
                            RemoteModeSettings.ALL,
                            LimitSettings.ALL,
                            MemorySettings.ALL,
                            RegistrySettings.ALL,
                            ConnectionSettings.ALL,
                            HttpSettings.ALL,
                            ProxySettings.ALL,
                            LoginSettings.ALL,
                            QuotaSettings.ALL,
                            MqttSettings.ALL,
                            DurabilitySettings.ALL,
                            LogSettings.ALL,
                            CatalogueSettings.ALL,
                            PayloadSettings.ALL,
                            AuditSettings.ALL)
                    .<Setting<?>>flatMap(List::stream)
                    .toList();

    private Settings() {}
}
