package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrantsTest {

    @ParameterizedTest
    @CsvSource({
        "dialogue, true, true",
        "dialogue.*, true, true",
        "dialogue.*.*, true, true",
        "dialogue.messages, false, true",
        "dialogue.messages.*, false, true",
        "dialogue.messages.s1.deeper, false, true",
        "dialogue.speech, false, false",
        "ui, false, false",
        "*, true, true",
        "*.*, true, true"
    })
    void readTheGrantLanguage(String grant, boolean whole, boolean messages) {
        Grants grants = Grants.of(List.of(grant));
        assertThat(grants.includesWhole("dialogue")).isEqualTo(whole);
        assertThat(grants.includes("dialogue", "messages")).isEqualTo(messages);
        assertThat(grants.includesAll()).isEqualTo(grant.startsWith("*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "dialogue.",
                ".messages",
                "*.messages",
                "dialogue..x",
                "a b",
                "a/b",
                "a+",
                "#",
                "dialogue:",
                "dialogue:reads",
                "dialogue:read:",
                "dialogue:qos2",
                "dialogue/{sessionId}",
                "dialogue.messages.more/{sessionId}",
                "dialogue.messages/",
                "dialogue.messages/{}",
                "dialogue.messages/{a}{b}",
                "dialogue.messages/#",
                "*/{sessionId}",
                "x\n",
                "**",
                "*dialogue"
            })
    void refuseWhatIsNone(String grant) {
        assertThatThrownBy(() -> Grants.of(List.of("ui", grant)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("permission '")
                .hasMessageContaining(" (expected: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dialogue:read",
                "dialogue.*:write",
                "*:read",
                "*.*:read:qos1",
                "dialogue.messages/{sessionId}",
                "dialogue.*/{sessionId}/+/name:read:write:qos0:no-retain"
            })
    void takeConditions(String grant) {
        assertThat(Grants.problemOf(List.of(grant))).isNull();
        assertThat(Grants.of(List.of(grant)).includes("dialogue", "messages")).isFalse();
        assertThat(Grants.of(List.of(grant)).concerns("dialogue", "messages")).isTrue();
        assertThat(Grants.of(List.of(grant)).concerns("ui", "status"))
                .isEqualTo(grant.startsWith("*"));
    }

    @Test
    void refuseTooMany() {
        assertThat(Grants.problemOf(Collections.nCopies(1_001, "ui")))
                .isEqualTo("permissions: 1001 (expected: at most 1000)");
        assertThat(Grants.problemOf(Collections.nCopies(1_000, "ui"))).isNull();
    }

    @Test
    void equalByWhatTheyMean() {
        assertThat(Grants.of(List.of("ui", "ui.status"))).isEqualTo(Grants.of(List.of("ui.*")));
        assertThat(Grants.of(List.of("ui"))).isNotEqualTo(Grants.of(List.of("ui.status")));
        assertThat(Grants.of(List.of("ui:read"))).isNotEqualTo(Grants.of(List.of("ui:write")));
        assertThat(Grants.of(List.of("ui:read"))).isEqualTo(Grants.of(List.of("ui:read")));
    }
}
