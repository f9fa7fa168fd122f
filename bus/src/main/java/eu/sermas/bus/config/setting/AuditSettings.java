package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.GIB;
import static eu.sermas.bus.config.setting.Kind.KIB;
import static eu.sermas.bus.config.setting.Kind.MIB;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.oneOf;
import static eu.sermas.bus.config.setting.Kind.path;
import static eu.sermas.bus.config.setting.Kind.size;
import static eu.sermas.bus.config.setting.Setting.optional;

import java.nio.file.Path;
import java.util.List;

/// The part of the table of [Settings] that is about the audit log.
public final class AuditSettings {

    /// Where the audit log goes.
    public enum AuditTarget {
        FILE,
        STDOUT,
        OFF
    }

    public static final Setting<AuditTarget> TO =
            Setting.of(
                    "audit.to",
                    oneOf(AuditTarget.class),
                    AuditTarget.FILE,
                    "Where changes of identities, issued tokens and refusals are written, one JSON"
                            + " object a line.");
    public static final Setting<Path> FILE =
            optional(
                    "audit.file",
                    path("a path"),
                    "The file of the audit log; `audit.log` in `data-dir` without it.");
    public static final Setting<Long> MAX_SIZE =
            Setting.of(
                    "audit.max-size",
                    size(64 * KIB, 64 * GIB),
                    16 * MIB,
                    "Size at which that file is put aside under a number and begun anew.");
    public static final Setting<Integer> KEEP =
            Setting.of(
                    "audit.keep",
                    integer(0, 10_000),
                    9,
                    "Files that are put aside and kept; the oldest go first.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(TO, FILE, MAX_SIZE, KEEP);

    private AuditSettings() {}
}
