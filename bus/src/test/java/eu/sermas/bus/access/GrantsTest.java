package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Set;
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

    @ParameterizedTest
    @CsvSource({
        "*, *",
        "*, dialogue.*/{sid}:read",
        "*.*, ui",
        "ui, ui.content",
        "ui, ui.*",
        "ui.*, ui",
        "ui, ui.*/+:write",
        "ui.content, ui.content/x/y",
        "ui.content, ui.content.deeper",
        "ui.content, ui.content:read:qos0:no-retain",
        "ui:read, ui.content:read",
        "ui:read ui:write, ui",
        "ui:qos1, ui.content:qos0",
        "ui:qos0 ui:qos1:no-retain, ui:qos0",
        "ui:no-retain, ui.content:no-retain:qos1",
        "ui.*/a, ui.*/a",
        "ui.*/a, ui.content/a/b",
        "ui.content/+, ui.content/{sid}",
        "ui.content/+, ui.content/x"
    })
    void includes(String held, String wanted) {
        assertThat(Grants.of(List.of(held.split(" "))).include(wanted)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ui, *",
        "ui, *:read",
        "ui, dialogue",
        "ui.content, ui",
        "ui.content ui.interaction ui.status, ui",
        "ui.content, ui.content2",
        "ui.content, ui.*/x",
        "ui:read, ui",
        "ui:read, ui:write",
        "ui:read, ui.content",
        "ui:qos0, ui",
        "ui:qos0, ui:qos1",
        "ui:no-retain, ui",
        "ui:qos0 ui:qos1:no-retain, ui:qos1",
        "ui.content/x, ui.content",
        "ui.content/x, ui.content/+",
        "ui.content/x, ui.content/y",
        "ui.content/x, ui.content/{sid}",
        "ui.content/{sid}, ui.content/{sid}",
        "ui.content/{sid}, ui.content/x"
    })
    void doesNotInclude(String held, String wanted) {
        assertThat(Grants.of(List.of(held.split(" "))).include(wanted)).isFalse();
    }

    @Test
    void whatATokenSaysIsIncludedAsItIs() {
        Grants held = Grants.of(List.of("ui.content/{room}")).boundTo(_ -> Set.of("a", "b"));
        assertThat(held.include("ui.content/a")).isTrue();
        assertThat(held.include("ui.content/b/c:read")).isTrue();
        assertThat(held.include("ui.content/c")).isFalse();
        assertThat(held.include("ui.content/{room}")).as("another token says another").isFalse();
    }
}
