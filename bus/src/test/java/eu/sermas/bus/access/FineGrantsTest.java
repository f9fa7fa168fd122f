package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Grants with conditions, rule by rule, for a client of the app `A` whose token says `sessionId:
/// s1` and `rooms: [r1, r2]`.
class FineGrantsTest {

    private static final Claims CLAIMS =
            claim ->
                    Map.of(
                                    "sessionId", Set.of("s1"),
                                    "rooms", Set.of("r1", "r2"),
                                    "wild", Set.of("+", "#", "a/b", ""))
                            .getOrDefault(claim, Set.of());

    private static AccessRights rights(String... grants) {
        return AccessRights.granted(Set.of("A"), Grants.of(List.of(grants)), "me")
                .boundTo(() -> CLAIMS);
    }

    /// Whether a topic may be published to and subscribed to: `rw`, `r`, `w` or `-`.
    private static String uses(AccessRights rights, String topic) {
        String use = rights.maySubscribe(TopicFilter.of(topic)).isAllowed() ? "r" : "";
        use += rights.mayPublish(Topic.of(topic)).isAllowed() ? "w" : "";
        return use.isEmpty() ? "-" : use;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    dialogue:read                   | app/A/dialogue/messages/s9   | r
                    dialogue:read                   | app/A/dialogue               | r
                    dialogue.*:read                 | app/A/dialogue               | r
                    dialogue:write                  | app/A/dialogue/messages      | w
                    dialogue:write                  | app/A/ui/content             | -
                    dialogue:write                  | app/B/dialogue/messages      | -
                    dialogue.messages:read          | app/A/dialogue/messages      | r
                    dialogue.messages:read          | app/A/dialogue/speech        | -
                    dialogue.messages:read          | app/A/dialogue               | -
                    *:read                          | app/A/anything/at/all        | r
                    *:read                          | app/A/anything               | r
                    *:read                          | app/B/anything/at/all        | -
                    dialogue:read, dialogue.messages:write | app/A/dialogue/messages/s1 | rw
                    dialogue:read, dialogue.messages:write | app/A/dialogue/speech/s1   | r
                    dialogue:read, dialogue         | app/A/dialogue/speech/s1     | rw
                    dialogue.messages:read:write    | app/A/dialogue/messages      | rw
                    dialogue.messages/{sessionId}   | app/A/dialogue/messages/s1   | rw
                    dialogue.messages/{sessionId}   | app/A/dialogue/messages/s1/x | rw
                    dialogue.messages/{sessionId}   | app/A/dialogue/messages/s2   | -
                    dialogue.messages/{sessionId}   | app/A/dialogue/messages      | -
                    dialogue.messages/{sessionId}   | app/A/dialogue/messages/     | -
                    dialogue.messages/{sessionId}   | app/A/dialogue/speech/s1     | -
                    dialogue.messages/{sessionId}   | user/me/dialogue/messages/s1 | rw
                    dialogue.messages/{sessionId}   | user/xy/dialogue/messages/s1 | -
                    dialogue.messages/{absent}      | app/A/dialogue/messages/s1   | -
                    dialogue.messages/{wild}        | app/A/dialogue/messages/s1   | -
                    dialogue.messages/{rooms}:read  | app/A/dialogue/messages/r2   | r
                    dialogue.messages/{rooms}       | app/A/dialogue/messages/r3   | -
                    dialogue.*/{sessionId}          | app/A/dialogue/messages/s1   | rw
                    dialogue.*/{sessionId}          | app/A/dialogue/speech/s1/m/c | rw
                    dialogue.*/{sessionId}          | app/A/dialogue/speech/s2/m/c | -
                    dialogue.*/{sessionId}          | app/A/dialogue/s1            | -
                    dialogue.user-speech/stream/{sessionId} | app/A/dialogue/user-speech/stream/s1/c | rw
                    dialogue.user-speech/stream/{sessionId} | app/A/dialogue/user-speech/s1/c        | -
                    dialogue.user-speech/+/{sessionId}      | app/A/dialogue/user-speech/x/s1        | rw
                    platform:write                  | app/A/platform/token         | -
                    platform:read                   | app/A/platform/token         | r
                    """)
    void decide(String grants, String topic, String expected) {
        assertThat(uses(rights(grants.split(", ")), topic)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    dialogue:read                 | app/A/dialogue/#              | true
                    dialogue:read                 | app/A/dialogue/+/s1           | true
                    dialogue:read                 | $share/g/app/A/dialogue/#     | true
                    dialogue:write                | app/A/dialogue/#              | false
                    dialogue:read                 | app/A/#                       | false
                    *:read                        | app/A/#                       | true
                    *:read                        | app/+/dialogue/#              | false
                    dialogue.messages/{sessionId} | app/A/dialogue/messages/s1/#  | true
                    dialogue.messages/{sessionId} | app/A/dialogue/messages/+     | false
                    dialogue.messages/{sessionId} | app/A/dialogue/messages/#     | false
                    dialogue.messages/{wild}      | app/A/dialogue/messages/+     | false
                    dialogue.messages/{wild}      | app/A/dialogue/messages/#     | false
                    dialogue.*/{sessionId}        | app/A/dialogue/+/s1           | true
                    dialogue.*/{sessionId}        | app/A/dialogue/+/+            | false
                    dialogue.*/{sessionId}        | app/A/dialogue/#              | false
                    dialogue.messages/+/{rooms}   | app/A/dialogue/messages/+/r1  | true
                    dialogue.messages/+/{rooms}   | app/A/dialogue/messages/#     | false
                    """)
    void coverAFilterOnlyAsAWhole(String grant, String filter, boolean allowed) {
        assertThat(rights(grant).maySubscribe(TopicFilter.of(filter)).isAllowed())
                .isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    dialogue:read                 | app/A/dialogue/messages/s1 | missing grant: dialogue.messages:write
                    dialogue.messages/{sessionId} | app/A/dialogue/messages/s2 | missing grant: dialogue.messages (there is only dialogue.messages/{sessionId})
                    dialogue.messages:write       | app/A/dialogue/speech      | missing grant: dialogue.speech
                    """)
    void sayWhatIsMissing(String grant, String topic, String reason) {
        assertThat(rights(grant).mayPublish(Topic.of(topic)).reason()).isEqualTo(reason);
    }

    @Test
    void sayWhichGrantDecided() {
        AccessRights rights = rights("ui", "dialogue.messages/{sessionId}:write", "xr.*");
        assertThat(rights.explainPublish(Topic.of("app/A/ui/content")).grant()).isEqualTo("ui");
        assertThat(rights.explainPublish(Topic.of("app/A/xr/marker")).grant()).isEqualTo("xr.*");
        assertThat(rights.explainPublish(Topic.of("app/A/dialogue/messages/s1")).grant())
                .isEqualTo("dialogue.messages/{sessionId}:write");
        assertThat(rights.explainPublish(Topic.of("app/A/dialogue/messages/s2")).grant())
                .isEqualTo("dialogue.messages");
    }

    @Test
    void countTheUseOfAGrant() {
        Grants grants = Grants.of(List.of("ui:read", "xr:write", "dialogue.messages/{sessionId}"));
        AccessRights rights = AccessRights.granted(Set.of("A"), grants, null).boundTo(() -> CLAIMS);
        rights.explainPublish(Topic.of("app/A/xr/marker"));
        rights.mayPublish(Topic.of("app/A/ui/content"));
        rights.mayPublish(Topic.of("app/A/dialogue/messages/s1"));
        assertThat(grants.unused()).containsExactly("ui:read", "xr:write");
    }

    @Test
    void takeAnAbsentHolderAtItsWord() {
        AccessRights rights =
                AccessRights.granted(
                                Set.of("A"),
                                Grants.of(List.of("dialogue.messages/{sessionId}")),
                                null)
                        .boundTo(() -> Claims.UNKNOWN);
        assertThat(uses(rights, "app/A/dialogue/messages/any")).isEqualTo("rw");
        assertThat(uses(rights, "app/A/dialogue/speech/any")).isEqualTo("-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ui                        | 0 1 2 0r 1r 2r
                    ui:write                  | 0 1 2 0r 1r 2r
                    ui:qos0                   | 0 0r
                    ui:qos1                   | 0 1 0r 1r
                    ui:no-retain              | 0 1 2
                    ui:qos1:no-retain         | 0 1
                    ui:qos0, ui:qos1:no-retain| 0 1 0r
                    ui:qos0, ui               | 0 1 2 0r 1r 2r
                    """)
    void limitTheMessages(String grants, String expected) {
        Verdict verdict = rights(grants.split(", ")).mayPublish(Topic.of("app/A/ui/content"));
        String allowed = "";
        for (boolean retain : new boolean[] {false, true}) {
            for (QoS qos : QoS.values()) {
                if (verdict.refusal(qos, retain) == null) {
                    allowed += " " + qos.value() + (retain ? "r" : "");
                }
            }
        }
        assertThat(allowed.strip()).isEqualTo(expected.strip());
    }

    @Test
    void sayWhatIsWrongWithAMessage() {
        AccessRights rights = rights("ui:qos1:no-retain");
        Verdict verdict = rights.mayPublish(Topic.of("app/A/ui/content"));
        assertThat(verdict.refusal(QoS.EXACTLY_ONCE, false))
                .isEqualTo("grant does not allow QoS 2: ui:qos1:no-retain");
        assertThat(verdict.refusal(QoS.AT_LEAST_ONCE, true))
                .isEqualTo("grant does not allow retained messages: ui:qos1:no-retain");
        assertThat(verdict.uses().maximumQos()).isEqualTo(QoS.AT_LEAST_ONCE);
        assertThat(verdict.uses().allowsRetained()).isFalse();
    }

    @Test
    void aCallNeedsBothDirections() {
        assertThat(rights("platform.client:read").mayCall("platform", "client", "A").isAllowed())
                .isFalse();
        assertThat(
                        rights("platform:read", "platform.client:write")
                                .mayCall("platform", "client", "A")
                                .isAllowed())
                .isTrue();
        assertThat(rights("platform.client/+").mayCall("platform", "client", "A").isAllowed())
                .isFalse();
    }

    @Test
    void keepTheClaimsWhenTheGrantsChange() {
        AccessRights before = rights("dialogue.messages/{sessionId}");
        AccessRights changed =
                AccessRights.granted(
                        Set.of("A"), Grants.of(List.of("dialogue.speech/{sessionId}")), null);
        assertThat(uses(changed, "app/A/dialogue/speech/s1")).isEqualTo("-");
        assertThat(uses(changed.boundLike(before), "app/A/dialogue/speech/s1")).isEqualTo("rw");
        assertThat(uses(changed.boundLike(rights("ui")), "app/A/dialogue/speech/s1"))
                .isEqualTo("-");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ui, dialogue.messages | app/A/#                 | app/A/ui/# app/A/dialogue/messages/#
                    ui, dialogue.messages | #                       | app/A/ui/# app/A/dialogue/messages/# user/me/ui/# user/me/dialogue/messages/#
                    ui, dialogue.messages | app/+/dialogue/#        | app/A/dialogue/messages/#
                    ui, dialogue.messages | app/A/+/status          | app/A/ui/status
                    ui, dialogue.messages | app/A/+/+/s1            | app/A/ui/+/s1 app/A/dialogue/messages/s1
                    ui, dialogue.messages | app/A/+                 | app/A/ui
                    ui, dialogue.messages | $share/g/app/A/#        | $share/g/app/A/ui/# $share/g/app/A/dialogue/messages/#
                    ui, dialogue.messages | app/B/#                 |
                    ui, dialogue.messages | app/A/robotics/#        |
                    ui:write, xr:read     | app/A/#                 | app/A/xr/#
                    dialogue.messages/{rooms} | app/A/dialogue/#    | app/A/dialogue/messages/r1/# app/A/dialogue/messages/r2/#
                    dialogue.messages/{rooms} | app/A/dialogue/messages/+ | app/A/dialogue/messages/r1 app/A/dialogue/messages/r2
                    *                     | #                       | app/A/#
                    """)
    void narrowAFilter(String grants, String filter, String parts) {
        AccessRights rights = rights(grants.split(", "));
        List<String> expected = parts == null ? List.of() : Arrays.asList(parts.split(" "));
        assertThat(rights.narrow(TopicFilter.of(filter)))
                .extracting(TopicFilter::text)
                .containsExactlyElementsOf(expected);
    }

    @Test
    void doNotNarrowIntoMoreThanAHundredParts() {
        String[] grants = new String[101];
        Arrays.setAll(grants, i -> "ui.s" + i);
        assertThat(rights(grants).narrow(TopicFilter.of("app/A/#"))).isEmpty();
    }
}
