package eu.sermas.bus.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

    static Stream<Setting<?>> settings() {
        return Settings.ALL.stream();
    }

    @Test
    void theTableHoldsEverySettingOnce() {
        long constants =
                Stream.of(
                                Settings.class,
                                QuotaSettings.class,
                                LoginSettings.class,
                                TlsSettings.class,
                                CatalogueSettings.class)
                        .flatMap(table -> Arrays.stream(table.getDeclaredFields()))
                        .filter(field -> Modifier.isStatic(field.getModifiers()))
                        .filter(field -> field.getType() == Setting.class)
                        .count();

        assertThat(Settings.ALL).hasSize((int) constants);
        assertThat(Settings.ALL).extracting(Setting::key).doesNotHaveDuplicates();
        assertThat(Settings.ALL).extracting(Setting::variable).doesNotHaveDuplicates();
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
