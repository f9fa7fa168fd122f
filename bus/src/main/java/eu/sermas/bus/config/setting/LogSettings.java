package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.oneOf;

import java.util.List;

/// The part of the table of [Settings] that is about the log.
public final class LogSettings {

    /// How much is logged.
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /// How a line of the log looks.
    public enum LogFormat {
        TEXT,
        JSON
    }

    public static final Setting<LogLevel> LEVEL =
            Setting.of("log.level", oneOf(LogLevel.class), LogLevel.INFO, "How much is logged.");
    public static final Setting<LogFormat> FORMAT =
            Setting.of(
                    "log.format",
                    oneOf(LogFormat.class),
                    LogFormat.TEXT,
                    "One line of text per event, or one JSON object.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(LEVEL, FORMAT);

    private LogSettings() {}
}
