package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The versions that `docs/field.md` claims are those that the tests run.
class FieldDocumentTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MQTT.js | systemtest/src/test/js/package.json | \"mqtt\": \"([\\d.]+)\"",
                "HiveMQ client for Java | pom.xml | <hivemq-client.version>([\\d.]+)<",
                "Eclipse Paho for Java | pom.xml | <paho.version>([\\d.]+)<",
                "Eclipse Paho for Python"
                        + " | systemtest/src/test/python/requirements.txt | paho-mqtt==([\\d.]+)",
                "Keycloak, as the issuer of tokens | pom.xml | <keycloak.version>([\\d.]+)<",
            })
    void aVersionIsTheOneThatIsTested(String client, String file, String pattern)
            throws IOException {
        var version = find(Pattern.compile(pattern), file);
        assertThat(find(Pattern.compile("\\| " + client + " \\| ([^|]+) \\|"), "docs/field.md"))
                .isEqualTo(version);
    }

    private static String find(Pattern pattern, String file) throws IOException {
        var matcher = pattern.matcher(Files.readString(Launcher.ROOT.resolve(file)));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return matcher.group(1);
    }
}
