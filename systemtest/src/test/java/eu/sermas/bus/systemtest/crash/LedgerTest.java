package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.crash.Finding.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every rule on a small made-up history, kept and broken.
class LedgerTest {

    private static final int HOUR = 3_600_000;

    private final List<Event> events = new ArrayList<>();
    private long now;
    private int kills;

    // Loss

    @Test
    void whatWasAcknowledgedHasToArrive() {
        subscriber("s", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 1));
        assertThat(findings()).containsExactly(Rule.LOST);
        receive("s", "p", 1, 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void itHasToArriveAfterKillsToo() {
        subscriber("s", "t/#", 2);
        acknowledged(send("p", 1, "t/a", 2));
        crash();
        disconnected("s");
        connected("s", true, HOUR);
        assertThat(findings()).containsExactly(Rule.LOST);
        receive("s", "p", 1, 2);
        assertThat(findings()).isEmpty();
    }

    @Test
    void whatWasNotAcknowledgedMayBeLost() {
        subscriber("s", "t/#", 1);
        send("p", 1, "t/a", 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void qos0MayBeLost() {
        subscriber("a", "t/#", 0);
        subscriber("b", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 0));
        assertThat(findings()).isEmpty();
    }

    @Test
    void onlyWhoHadSubscribedBeforeIsOwedTheMessage() {
        connected("s", false, HOUR);
        var message = send("p", 1, "t/a", 1);
        subscribed("s", "t/#", 1);
        acknowledged(message);
        assertThat(findings()).isEmpty();
    }

    @Test
    void whoStaysAwayIsNotCheckedAndWhoComesBackIs() {
        subscriber("s", "t/#", 1);
        disconnected("s");
        acknowledged(send("p", 1, "t/a", 1));
        assertThat(findings()).isEmpty();
        connected("s", true, HOUR);
        assertThat(findings()).containsExactly(Rule.LOST);
    }

    @Test
    void anUnsubscribedFilterIsOwedNothing() {
        subscriber("s", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 1));
        unsubscribed("s", "t/#");
        assertThat(findings()).isEmpty();
    }

    @Test
    void aLostSessionIsOwedWhatItWouldHaveReceived() {
        subscriber("s", "t/#", 1);
        disconnected("s");
        acknowledged(send("p", 1, "t/a", 1));
        crash();
        connected("s", false, HOUR);
        assertThat(findings()).containsExactlyInAnyOrder(Rule.GONE, Rule.LOST);
    }

    @Test
    void aCleanedSessionIsOwedNothing() {
        subscriber("s", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 1));
        disconnected("s");
        note(new Event.Connecting(tick(), "s", true));
        note(new Event.Connected(tick(), "s", false, nanos(HOUR)));
        assertThat(findings()).isEmpty();
    }

    @Test
    void oneMemberOfASharedSubscriptionHasToGetTheMessage() {
        subscriber("a", "$share/g/t/#", 1);
        subscriber("b", "$share/g/t/#", 1);
        acknowledged(send("p", 1, "t/a", 1));
        assertThat(findings()).containsExactly(Rule.LOST);
        receive("b", "p", 1, 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void theReportSaysWhichMessageAndBetweenWhichKills() {
        subscriber("s", "t/#", 1);
        crash();
        disconnected("s");
        connected("s", true, HOUR);
        acknowledged(send("p", 7, "t/a", 1));
        crash();
        disconnected("s");
        connected("s", true, HOUR);
        assertThat(Ledger.check(events).getFirst().text())
                .contains(
                        "p#7", "t/a", "QoS 1", "never reached s", "after kill 1", "before kill 2");
    }

    // Twice and order

    @Test
    void qos2ArrivesOnce() {
        subscriber("s", "t/#", 2);
        acknowledged(send("p", 1, "t/a", 2));
        receive("s", "p", 1, 2);
        assertThat(findings()).isEmpty();
        receive("s", "p", 1, 2);
        assertThat(findings()).containsExactly(Rule.TWICE);
    }

    @Test
    void qos1MayArriveTwice() {
        subscriber("s", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 2));
        receive("s", "p", 1, 1);
        receive("s", "p", 1, 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void qos2ReachesOneMemberOfASharedSubscription() {
        subscriber("a", "$share/g/t/#", 2);
        subscriber("b", "$share/g/t/#", 2);
        acknowledged(send("p", 1, "t/a", 2));
        receive("a", "p", 1, 2);
        receive("b", "p", 1, 2);
        assertThat(findings()).containsExactly(Rule.TWICE);
    }

    @Test
    void whatIsSentAgainAfterAKillMayComeBehindLaterMessages() {
        var late = send("p", 1, "t/a", 1);
        subscriber("s", "t/#", 1);
        acknowledged(send("p", 2, "t/a", 1));
        receive("s", "p", 2, 1);
        crash();
        receive("s", "p", 1, 1);
        acknowledged(late);
        assertThat(findings()).isEmpty();
    }

    @Test
    void whatComesBeforeTheKillHasToBeInOrder() {
        subscriber("s", "t/#", 1);
        var late = send("p", 1, "t/a", 1);
        acknowledged(send("p", 2, "t/a", 1));
        receive("s", "p", 2, 1);
        receive("s", "p", 1, 1);
        crash();
        acknowledged(late);
        assertThat(findings()).containsExactly(Rule.ORDER);
    }

    @Test
    void theOrderOfOnePublisherTopicAndQosIsKept() {
        subscriber("s", "t/#", 1);
        for (int number = 1; number <= 2; number++) {
            acknowledged(send("p", number, "t/a", 1));
        }
        receive("s", "p", 2, 1);
        receive("s", "p", 1, 1);
        assertThat(findings()).containsExactly(Rule.ORDER);
    }

    @Test
    void theFirstTimeCounts() {
        subscriber("s", "t/#", 1);
        for (int number = 1; number <= 2; number++) {
            acknowledged(send("p", number, "t/a", 1));
        }
        for (int number : new int[] {1, 2, 1, 2}) {
            receive("s", "p", number, 1);
        }
        assertThat(findings()).isEmpty();
    }

    @Test
    void otherTopicsPublishersAndQosMayOvertake() {
        subscriber("s", "#", 2);
        acknowledged(send("p", 1, "t/a", 1));
        acknowledged(send("p", 2, "t/b", 1));
        acknowledged(send("p", 3, "t/a", 2));
        acknowledged(send("q", 1, "t/a", 1));
        receive("s", "q", 1, 1, "t/a");
        receive("s", "p", 3, 2, "t/a");
        receive("s", "p", 2, 1, "t/b");
        receive("s", "p", 1, 1, "t/a");
        assertThat(findings()).isEmpty();
    }

    // Retained

    @Test
    void theLastAcknowledgedRetainedMessageOrALaterOneIsThere() {
        retain(1, true);
        retain(2, true);
        read(null);
        assertThat(findings()).containsExactly(Rule.RETAINED);
        events.removeLast();
        retain(3, false);
        read(1L);
        assertThat(findings()).containsExactly(Rule.RETAINED);
        events.removeLast();
        read(2L);
        read(3L);
        assertThat(findings()).isEmpty();
        read(4L);
        assertThat(findings()).containsExactly(Rule.RETAINED);
    }

    @Test
    void whatWasClearedIsGone() {
        retain(1, true);
        acknowledged(note(Message.of("p", 2, "r", 1).clearing()));
        read(null);
        assertThat(findings()).isEmpty();
        read(1L);
        assertThat(findings()).containsExactly(Rule.RETAINED);
    }

    @Test
    void beforeTheFirstAcknowledgementNothingMayBeThere() {
        read(null);
        retain(1, false);
        read(null);
        read(1L);
        assertThat(findings()).isEmpty();
    }

    /// The subscription was there when it came, so it is no message of before.
    @Test
    void aMessageThatComesWhileTheSubscriptionIsMadeMayTakeThePlaceOfTheRetainedOne() {
        retain(1, true);
        long asked = tick();
        retain(2, true);
        answered(asked, null);
        assertThat(findings()).isEmpty();
        retain(3, false);
        read(null);
        assertThat(findings()).isEmpty();
        retain(4, true);
        read(null);
        assertThat(findings()).containsExactly(Rule.RETAINED);
    }

    @Test
    void aMessageThatComesAfterTheSubscriptionIsMadeTakesNoPlace() {
        retain(1, true);
        long asked = tick();
        long answered = tick();
        retain(2, true);
        note(new Event.Read(tick(), asked, answered, "r", null));
        assertThat(findings()).containsExactly(Rule.RETAINED);
    }

    // Sessions

    @Test
    void aSessionIsThereUntilItExpires() {
        connected("s", false, 5_000);
        disconnected("s");
        pass(4_000);
        connected("s", false, 5_000);
        assertThat(findings()).containsExactly(Rule.GONE);
    }

    @Test
    void aSessionThatMayHaveExpiredMayBeGone() {
        connected("s", false, 5_000);
        disconnected("s");
        pass(6_000);
        connected("s", false, 5_000);
        assertThat(findings()).isEmpty();
    }

    @Test
    void anExpiredSessionDoesNotComeBack() {
        connected("s", false, 5_000);
        disconnected("s");
        pass(8_000);
        connected("s", true, 5_000);
        assertThat(findings()).containsExactly(Rule.RESURRECTED);
    }

    @Test
    void aCrashDoesNotBringItBackEither() {
        connected("s", false, 5_000);
        disconnected("s");
        pass(2_000);
        crash();
        pass(5_000);
        connected("s", true, 5_000);
        assertThat(findings()).containsExactly(Rule.RESURRECTED);
    }

    @Test
    void aKillThatCutTheConnectionStartsTheExpiryAtTheRestart() {
        connected("s", false, 5_000);
        kill();
        disconnected("s");
        pass(3_000);
        restart();
        pass(5_000);
        connected("s", true, 5_000);
        assertThat(findings()).isEmpty();
        pass(100);
        disconnected("s");
        pass(8_000);
        connected("s", true, 5_000);
        assertThat(findings()).containsExactly(Rule.RESURRECTED);
    }

    @Test
    void aSessionThatNeverWasIsNotThere() {
        connected("s", true, HOUR);
        assertThat(findings()).containsExactly(Rule.RESURRECTED);
    }

    @Test
    void aCleanStartFindsNothing() {
        connected("s", false, HOUR);
        disconnected("s");
        note(new Event.Connecting(tick(), "s", true));
        note(new Event.Connected(tick(), "s", true, nanos(HOUR)));
        assertThat(findings()).containsExactly(Rule.RESURRECTED);
    }

    @Test
    void afterACleanStartWithoutAnAnswerBothMayBe() {
        connected("s", false, HOUR);
        disconnected("s");
        note(new Event.Connecting(tick(), "s", true));
        crash();
        connected("s", false, HOUR);
        assertThat(findings()).isEmpty();
    }

    // Unasked

    @Test
    void aConnectWithoutAnAnswerMayHaveBegunASession() {
        note(new Event.Connecting(tick(), "s", false));
        crash();
        connected("s", true, HOUR);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aConnectWithoutAnAnswerMayHaveKeptASession() {
        subscriber("s", "t/#", 1);
        disconnected("s");
        pass(HOUR - 1_000);
        note(new Event.Connecting(tick(), "s", false));
        pass(HOUR - 1_000);
        connected("s", true, HOUR);
        assertThat(findings()).isEmpty();
    }

    @Test
    void aConnectWithoutAnAnswerEndsNoSession() {
        subscriber("s", "t/#", 1);
        disconnected("s");
        note(new Event.Connecting(tick(), "s", false));
        connected("s", true, HOUR);
        acknowledged(send("p", 1, "t/a", 1));
        assertThat(findings()).containsExactly(Rule.LOST);
    }

    @Test
    void aConnectWithoutAnAnswerMayHaveBegunAnotherSessionAfterTheExpiry() {
        subscriber("s", "t/#", 1);
        disconnected("s");
        pass(HOUR + 10_000);
        note(new Event.Connecting(tick(), "s", false));
        connected("s", true, HOUR);
        acknowledged(send("p", 1, "t/a", 1));
        assertThat(findings()).isEmpty();
    }

    @Test
    void anUnsubscribedFilterStaysSo() {
        subscriber("s", "t/#", 1);
        unsubscribed("s", "t/#");
        crash();
        disconnected("s");
        connected("s", true, HOUR);
        acknowledged(send("p", 1, "t/a", 1));
        receive("s", "p", 1, 1);
        assertThat(findings()).containsExactly(Rule.UNASKED);
    }

    @Test
    void whatWasSentBeforeMayStillCome() {
        subscriber("s", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 1));
        unsubscribed("s", "t/#");
        receive("s", "p", 1, 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void subscribingAgainIsOwedMessagesAgain() {
        subscriber("s", "t/#", 1);
        unsubscribed("s", "t/#");
        subscribed("s", "t/#", 1);
        acknowledged(send("p", 1, "t/a", 1));
        assertThat(findings()).containsExactly(Rule.LOST);
        receive("s", "p", 1, 1);
        assertThat(findings()).isEmpty();
    }

    @Test
    void nobodySeesARevokedWill() {
        subscriber("s", "t/#", 1);
        var will = send("w", 1, "t/a", 1);
        note(new Event.Revoked(tick(), will.id()));
        assertThat(findings()).isEmpty();
        receive("s", "w", 1, 1);
        assertThat(findings()).containsExactly(Rule.UNASKED);
    }

    @Test
    void aMessageThatNobodySentIsNoticed() {
        subscriber("s", "t/#", 1);
        receive("s", "p", 1, 1);
        assertThat(findings()).containsExactly(Rule.UNASKED);
    }

    @Test
    void filtersMatchAsTheSpecificationSays() {
        assertThat(List.of("a/b", "a/+", "+/b", "#", "a/#", "a/b/#", "$share/g/a/b"))
                .allMatch(filter -> Topics.matches(filter, "a/b"));
        assertThat(List.of("a", "a/b/c", "a/c", "+", "a/b/+", "b/#", "$share/g/a"))
                .noneMatch(filter -> Topics.matches(filter, "a/b"));
    }

    // Telling the story

    private List<Rule> findings() {
        return Ledger.check(events).stream().map(Finding::rule).toList();
    }

    private long tick() {
        pass(10);
        return now;
    }

    private void pass(long millis) {
        now += nanos(millis);
    }

    private static long nanos(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    private void note(Event event) {
        events.add(event);
    }

    private Message note(Message message) {
        note(new Event.Sent(tick(), message));
        return message;
    }

    private Message send(String publisher, long number, String topic, int qos) {
        return note(Message.of(publisher, number, topic, qos));
    }

    private void acknowledged(Message message) {
        note(new Event.Acknowledged(tick(), message.id()));
    }

    private void retain(long number, boolean isAcknowledged) {
        var message = note(Message.of("p", number, "r", 1).retained());
        if (isAcknowledged) {
            acknowledged(message);
        }
    }

    private void read(@Nullable Long number) {
        long asked = tick();
        answered(asked, number);
    }

    private void answered(long asked, @Nullable Long number) {
        var id = number == null ? null : new Message.Id("p", number);
        long answered = tick();
        note(new Event.Read(tick(), asked, answered, "r", id));
    }

    private void subscriber(String session, String filter, int qos) {
        connected(session, false, HOUR);
        subscribed(session, filter, qos);
    }

    private void connected(String session, boolean present, long expiryMillis) {
        note(new Event.Connecting(tick(), session, false));
        note(new Event.Connected(tick(), session, present, nanos(expiryMillis)));
    }

    private void disconnected(String session) {
        note(new Event.Disconnected(tick(), session));
    }

    private void subscribed(String session, String filter, int qos) {
        note(new Event.Subscribing(tick(), session, filter));
        note(new Event.Subscribed(tick(), session, filter, qos));
    }

    private void unsubscribed(String session, String filter) {
        note(new Event.Unsubscribing(tick(), session, filter));
        note(new Event.Unsubscribed(tick(), session, filter));
    }

    private void receive(String session, String publisher, long number, int qos) {
        receive(session, publisher, number, qos, "t/a");
    }

    private void receive(String session, String publisher, long number, int qos, String topic) {
        var id = new Message.Id(publisher, number);
        note(new Event.Received(tick(), session, topic, id, qos, false));
    }

    private void crash() {
        kill();
        restart();
    }

    private void kill() {
        note(new Event.Killed(tick(), ++kills));
    }

    private void restart() {
        note(new Event.Restarted(tick(), kills));
    }
}
