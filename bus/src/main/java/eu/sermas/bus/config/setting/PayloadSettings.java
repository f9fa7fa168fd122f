package eu.sermas.bus.config.setting;

import eu.sermas.bus.access.PayloadChecks;
import java.util.List;

/// The part of the table of [Settings] that is about payloads that are held against the catalogue.
public final class PayloadSettings {

    public static final Setting<List<PayloadChecks.Choice>> CHECKS =
            Setting.of(
                    "payload.checks",
                    PayloadRules.KIND,
                    List.of(),
                    "Which topics of the catalogue have their payloads compared with its schema: what"
                            + " does not fit is counted and told (`observe`) or refused"
                            + " (`reject`). The first filter that matches holds.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(CHECKS);

    private PayloadSettings() {}
}
