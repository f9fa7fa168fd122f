package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules of access, case by case, for a client of the app `A` and its neighbours.
class AccessRightsTest {

    private static final AccessRights CLIENT =
            AccessRights.granted(
                    Set.of("A"),
                    Grants.of(
                            List.of(
                                    "dialogue.messages",
                                    "ui",
                                    "performance.*",
                                    "session",
                                    "platform",
                                    "auth")),
                    "me");
    private static final AccessRights ALL =
            AccessRights.granted(Set.of("A"), Grants.of(List.of("*")), "me");
    private static final AccessRights ALL_SCOPES =
            AccessRights.granted(Set.of("A"), Grants.of(List.of("*.*")), null);
    private static final AccessRights NONE = AccessRights.granted(Set.of("A"), Grants.NONE, null);
    private static final AccessRights ADMIN = AccessRights.platformAdmin("root", null);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    app/A/dialogue/messages
                    app/A/dialogue/messages/s1
                    app/A/dialogue/messages/s1/deeper/still
                    app/A/dialogue/messages/
                    app/A/ui/status
                    app/A/ui/anything
                    app/A/ui
                    app/A/performance
                    app/A/performance/cpu
                    app/A/session/session
                    app/A/session/agent/heartbeat
                    user/me/ui/status
                    """)
    void publishAndSubscribeWhatIsGranted(String name) {
        assertThat(CLIENT.mayPublish(Topic.of(name)).isAllowed()).isTrue();
        assertThat(CLIENT.maySubscribe(TopicFilter.of(name)).isAllowed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    app/A/dialogue/speech/s1   | missing grant: dialogue.speech
                    app/A/dialogue             | missing grant: dialogue
                    app/A/robotics/move        | missing grant: robotics.move
                    app/A/robotics             | missing grant: robotics
                    app/B/dialogue/messages/s1 | topic of another app: B
                    app/B/ui/status            | topic of another app: B
                    app/a/ui/status            | topic of another app: a
                    app/A                      | topic: expected app/{appId}/{resource}/{scope}/...
                    app                        | topic: expected app/{appId}/{resource}/{scope}/...
                    app/                       | topic: empty level
                    app//ui/status             | topic: empty level
                    app/A//status              | topic: empty level
                    app/A/                     | topic: empty level
                    app/A/ui/                  | topic: empty level
                    app/A/ui//deeper           | topic: empty level
                    /app/A/ui/status           | topic: expected app/{appId}/{resource}/{scope}/...
                    App/A/ui/status            | topic: expected app/{appId}/{resource}/{scope}/...
                    user/other/ui/status       | topic of another user
                    user/A/ui/status           | topic of another user
                    user/me/robotics/move      | missing grant: robotics.move
                    user/me/ui                 | topic: expected user/{userId}/{resource}/{scope}/...
                    user                       | topic of another user
                    system/platform/module/changed/m | topic for system clients only
                    system                     | topic for system clients only
                    $SYS/broker/load           | topic for system clients only
                    $other/x                   | topic for system clients only
                    anything/else              | topic: expected app/{appId}/{resource}/{scope}/...
                    """)
    void refuseWithTheReason(String name, String reason) {
        assertThat(CLIENT.mayPublish(Topic.of(name)).reason()).isEqualTo(reason);
        assertThat(CLIENT.maySubscribe(TopicFilter.of(name)).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app/A/platform/app/changed/A",
                "app/A/platform/client/changed/c",
                "app/A/platform/token",
                "app/A/platform/module",
                "app/A/platform/monitoring",
                "app/A/platform",
                "app/A/auth/login",
                "app/A/auth/anything/deeper",
                "app/A/auth",
                "app/A/session/session/changed/s1",
                "app/A/session/session/changed"
            })
    void whatThePlatformSaysIsReadOnly(String name) {
        assertThat(CLIENT.maySubscribe(TopicFilter.of(name)).isAllowed()).isTrue();
        for (AccessRights rights : List.of(CLIENT, ALL, ADMIN)) {
            assertThat(rights.mayPublish(Topic.of(name)).reason())
                    .startsWith("published by the platform only: ");
            assertThat(rights.explainPublish(Topic.of(name)).rule()).isEqualTo(Rule.PLATFORM_TOPIC);
        }
        assertThat(AccessRights.system().mayPublish(Topic.of(name)).isAllowed()).isTrue();
    }

    @Test
    void refusalsAreReadByWhoeverMayEverythingAndWrittenByNobody() {
        Topic topic = Topic.of("app/A/access/denied");
        TopicFilter filter = TopicFilter.of("app/A/access/denied");
        assertThat(ALL.maySubscribe(filter).isAllowed()).isTrue();
        assertThat(CLIENT.maySubscribe(filter).reason()).isEqualTo("missing grant: access.denied");
        for (AccessRights rights : List.of(ALL, ADMIN)) {
            assertThat(rights.mayPublish(topic).reason())
                    .isEqualTo("published by the platform only: access");
        }
        assertThat(AccessRights.system().mayPublish(topic).isAllowed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app/A/dialogue/messages/+",
                "app/A/dialogue/messages/#",
                "app/A/dialogue/messages/+/x/+",
                "app/A/ui/#",
                "app/A/ui/+",
                "app/A/ui/+/m1",
                "app/A/performance/#",
                "app/A/session/session/changed/+",
                "$share/group/app/A/dialogue/messages/+",
                "$share/group/app/A/ui/#"
            })
    void subscribeByWildcardWhereAllOfItIsGranted(String filter) {
        assertThat(CLIENT.maySubscribe(TopicFilter.of(filter)).isAllowed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    app/A/dialogue/#             | missing grant: dialogue
                    app/A/dialogue/+             | missing grant: dialogue
                    app/A/dialogue/+/s1          | missing grant: dialogue
                    app/A/#                      | missing grant: *
                    app/A/+                      | missing grant: *
                    app/A/+/messages/s1          | missing grant: *
                    app/A/+/+/#                  | missing grant: *
                    app/B/#                      | topic of another app: B
                    app/B/ui/#                   | topic of another app: B
                    app/+/ui/status              | filter spans all apps: for system clients only
                    app/+/ui/#                   | filter spans all apps: for system clients only
                    app/+                        | filter spans all apps: for system clients only
                    app/#                        | filter spans all apps: for system clients only
                    +/A/ui/status                | filter spans all apps: for system clients only
                    +                            | filter spans all apps: for system clients only
                    #                            | filter spans all apps: for system clients only
                    +/#                          | filter spans all apps: for system clients only
                    user/+/ui/status             | topic of another user
                    user/#                       | topic of another user
                    user/me/#                    | topic: expected user/{userId}/{resource}/{scope}/...
                    system/#                     | topic for system clients only
                    $SYS/#                       | topic for system clients only
                    $share/g/app/B/ui/#          | topic of another app: B
                    $share/g/app/+/ui/status     | filter spans all apps: for system clients only
                    $share/g/#                   | filter spans all apps: for system clients only
                    $share/g/$SYS/#              | topic for system clients only
                    $share/g/app/A/dialogue/#    | missing grant: dialogue
                    """)
    void refuseAFilterThatReachesFurther(String filter, String reason) {
        assertThat(CLIENT.maySubscribe(TopicFilter.of(filter)).reason()).isEqualTo(reason);
        assertThat(NONE.maySubscribe(TopicFilter.of(filter)).isAllowed()).isFalse();
        assertThat(AccessRights.system().maySubscribe(TopicFilter.of(filter)).isAllowed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"app/A/#", "app/A/+/messages/s1", "app/A/+", "app/A/x", "app/A/x/#"})
    void everythingInsideTheAppWithTheGrantOfAll(String filter) {
        assertThat(ALL.maySubscribe(TopicFilter.of(filter)).isAllowed()).isTrue();
        assertThat(ALL_SCOPES.maySubscribe(TopicFilter.of(filter)).isAllowed()).isTrue();
        String elsewhere = filter.replace("app/A", "app/B");
        assertThat(ALL.maySubscribe(TopicFilter.of(elsewhere)).isAllowed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "app/+/ui/content", "app/#", "+/+/x/y", "user/+/ui/status"})
    void noGrantSpansTheApps(String filter) {
        assertThat(ALL.maySubscribe(TopicFilter.of(filter)).isAllowed()).isFalse();
        assertThat(ADMIN.maySubscribe(TopicFilter.of(filter)).isAllowed()).isFalse();
    }

    @Test
    void theAdministratorMayNameEveryAppAndReadTheSystem() {
        assertThat(ADMIN.maySubscribe(TopicFilter.of("app/B/#")).isAllowed()).isTrue();
        assertThat(ADMIN.mayPublish(Topic.of("app/B/ui/content")).isAllowed()).isTrue();
        assertThat(ADMIN.maySubscribe(TopicFilter.of("system/#")).isAllowed()).isTrue();
        assertThat(ADMIN.maySubscribe(TopicFilter.of("$SYS/#")).isAllowed()).isTrue();
        assertThat(ADMIN.maySubscribe(TopicFilter.of("$other/#")).isAllowed()).isFalse();
        assertThat(ADMIN.mayPublish(Topic.of("system/x/y/z")).isAllowed()).isFalse();
        assertThat(ADMIN.mayPublish(Topic.of("$SYS/x")).isAllowed()).isFalse();
    }

    @Test
    void restAsksTheSameQuestions() {
        assertThat(CLIENT.mayCall("platform", "client", "A").isAllowed()).isTrue();
        assertThat(CLIENT.mayCall("platform", "client", null).isAllowed()).isTrue();
        assertThat(CLIENT.mayCall("platform", "client", "B").reason())
                .isEqualTo("topic of another app: B");
        assertThat(CLIENT.mayCall("robotics", "move", "A").reason())
                .isEqualTo("missing grant: robotics.move");
        assertThat(NONE.mayCall("platform", "client", "A").isAllowed()).isFalse();
        assertThat(ADMIN.mayCall("platform", "app", "B").isAllowed()).isTrue();
    }

    @Test
    void theOpenBrokerKeepsOnlyItsOwnTopics() {
        AccessRights open = AccessRights.open();
        assertThat(open.mayPublish(Topic.of("any/thing")).isAllowed()).isTrue();
        assertThat(open.maySubscribe(TopicFilter.of("#")).isAllowed()).isTrue();
        assertThat(open.maySubscribe(TopicFilter.of("$SYS/#")).isAllowed()).isTrue();
        assertThat(open.mayPublish(Topic.of("$SYS/broker/load")).isAllowed()).isFalse();
    }

    @Test
    void aReasonIsShortAndPrintable() {
        String foreign = "B\u202e\u2028" + "x".repeat(1_000);
        String reason = CLIENT.mayPublish(Topic.of("app/" + foreign + "/ui/status")).reason();
        assertThat(reason).matches("[\\x20-\\x7e]{1,200}").startsWith("topic of another app: B?");
    }

    // --- explanations

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    app/A/dialogue/messages/s1 | GRANT          | dialogue.messages
                    app/A/ui/status            | GRANT          | ui
                    app/A/performance/cpu      | GRANT          | performance.*
                    app/A/performance          | GRANT          | performance.*
                    user/me/ui/status          | GRANT          | ui
                    app/A/robotics/move        | MISSING_GRANT  | robotics.move
                    app/A/robotics             | MISSING_GRANT  | robotics
                    app/B/ui/status            | OTHER_APP      | -
                    app/A/platform/token       | PLATFORM_TOPIC | -
                    user/you/ui/status         | OTHER_USER     | -
                    system/x                   | SYSTEM_TOPIC   | -
                    elsewhere                  | TOPIC_FORM     | -
                    app/A//x                   | EMPTY_LEVEL    | -
                    """)
    void aPublicationIsExplained(String name, Rule rule, @Nullable String grant) {
        Topic topic = Topic.of(name);
        Explanation explanation = CLIENT.explainPublish(topic);
        assertThat(explanation.rule()).isEqualTo(rule);
        assertThat(explanation.grant()).isEqualTo(grant);
        assertThat(explanation.allowed()).isEqualTo(CLIENT.mayPublish(topic).isAllowed());
        assertThat(explanation.reason()).isEqualTo(CLIENT.mayPublish(topic).reason());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    app/A/ui/#              | GRANT         | ui
                    app/A/platform/token    | GRANT         | platform
                    app/A/dialogue/#        | MISSING_GRANT | dialogue
                    app/A/#                 | MISSING_GRANT | *
                    app/+/ui/status         | ALL_APPS      | -
                    $share/g/app/B/ui/#     | OTHER_APP     | -
                    """)
    void aSubscriptionIsExplained(String name, Rule rule, @Nullable String grant) {
        Explanation explanation = CLIENT.explainSubscribe(TopicFilter.of(name));
        assertThat(explanation.rule()).isEqualTo(rule);
        assertThat(explanation.grant()).isEqualTo(grant);
    }

    @Test
    void whoNeedsNoGrantIsToldWhy() {
        TopicFilter everything = TopicFilter.of("#");
        assertThat(AccessRights.system().explainSubscribe(everything).rule())
                .isEqualTo(Rule.SYSTEM_CLIENT);
        assertThat(AccessRights.open().explainSubscribe(everything).rule())
                .isEqualTo(Rule.OPEN_BROKER);
        assertThat(AccessRights.open().explainPublish(Topic.of("$SYS/x")).rule())
                .isEqualTo(Rule.SYSTEM_TOPIC);
        assertThat(ADMIN.explainSubscribe(TopicFilter.of("$SYS/#")).rule())
                .isEqualTo(Rule.PLATFORM_ADMIN);
        assertThat(ADMIN.explainPublish(Topic.of("app/any/ui/status")).rule())
                .isEqualTo(Rule.PLATFORM_ADMIN);
    }

    // --- use

    @Test
    void onlyWhatIsDoneCountsAsUseOfAGrant() {
        Grants grants =
                Grants.of(List.of("ui", "dialogue.messages", "dialogue.tool", "platform", "xr.*"));
        AccessRights rights = AccessRights.granted(Set.of("A"), grants, null);
        rights.explainPublish(Topic.of("app/A/xr/marker"));
        rights.mayPublish(Topic.of("app/A/platform/token"));
        rights.mayPublish(Topic.of("app/B/ui/status"));
        assertThat(grants.unused())
                .containsExactly("dialogue.messages", "dialogue.tool", "platform", "ui", "xr.*");
        rights.mayPublish(Topic.of("app/A/dialogue/messages/s1"));
        rights.maySubscribe(TopicFilter.of("app/A/ui/#"));
        rights.mayCall("platform", "client", "A");
        assertThat(grants.unused()).containsExactly("dialogue.tool", "xr.*");
    }
}
