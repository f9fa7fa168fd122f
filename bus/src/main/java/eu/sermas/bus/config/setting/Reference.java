package eu.sermas.bus.config.setting;

/// The table of settings as Markdown, for the documentation and for `check-config --keys`.
public final class Reference {

    private Reference() {}

    public static String markdown() {
        StringBuilder text =
                new StringBuilder("| key | takes | default | what it does |\n|---|---|---|---|\n");
        for (Setting<?> setting : Settings.ALL) {
            append(text, setting);
        }
        return text.toString();
    }

    private static <T> void append(StringBuilder text, Setting<T> setting) {
        T fallback = setting.fallback();
        text.append("| `").append(setting.key()).append("` | ");
        text.append(setting.kind().expected()).append(" | ");
        text.append(fallback == null ? "" : "`" + setting.kind().writer().apply(fallback) + "`");
        text.append(" | ").append(setting.description());
        String alias = setting.alias();
        if (alias != null) {
            text.append(" Also `").append(alias).append("` in the environment.");
        }
        text.append(" |\n");
    }
}
