package eu.sermas.bus.config.setting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

    private static final Path SOURCES = Path.of("src/main/java/eu/sermas/bus/config/setting");

    static Stream<Setting<?>> settings() {
        return Settings.ALL.stream();
    }

    @Test
    void theTableHoldsEverySettingOnce() throws IOException {
        long constants =
                tables().stream()
                        .flatMap(table -> Arrays.stream(table.getDeclaredFields()))
                        .filter(field -> Modifier.isStatic(field.getModifiers()))
                        .filter(field -> field.getType() == Setting.class)
                        .count();

        assertThat(constants).isPositive();
        assertThat(Settings.ALL).hasSize((int) constants);
        assertThat(Settings.ALL).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(Settings.ALL).extracting(Setting::variable).doesNotHaveDuplicates();
    }

    /// Every class of this room whose name says that it holds settings.
    private static List<Class<?>> tables() throws IOException {
        List<Class<?>> tables = new ArrayList<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (name.endsWith("Settings")) {
                    tables.add(Class.forName(Settings.class.getPackageName() + "." + name));
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return tables;
    }

    @ParameterizedTest
    @MethodSource("settings")
    <T> void aDefaultIsReadBackAsItIsWritten(Setting<T> setting) {
        T fallback = setting.fallback();
        if (fallback != null) {
            String text = setting.kind().writer().apply(fallback);
            assertThat(setting.kind().reader().apply(text)).contains(fallback);
        }
        assertThat(setting.description()).endsWith(".");
    }

    @Test
    void theReferenceIsThisTable() throws IOException {
        assertThat(Files.readString(Path.of("../docs/configuration.md")))
                .as("paste the output of `./sermas-bus check-config --keys`")
                .contains(Reference.markdown());
    }
}
