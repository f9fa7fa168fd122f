package eu.sermas.bus.rest.http;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.rest.http.EventLog.Reading;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventLogTest {

    private static final Duration NOW = Duration.ZERO;

    /// 100 bytes are common, 50 of this app alone.
    private final Shares shares = new Shares(200, 1);

    private final Share share = shares.open("app");
    private final EventLog log = new EventLog(3, 50, shares.open("app"));

    private static List<Object> data(Reading reading) {
        assertThat(reading).isInstanceOf(Reading.Some.class);
        return ((Reading.Some) reading).events().stream().map(EventLog.Event::data).toList();
    }

    private void add(String... data) {
        for (String each : data) {
            log.add("e", each, 10);
        }
    }

    @Test
    void everyReaderKeepsAPlaceOfItsOwn() throws Exception {
        add("a", "b");
        assertThat(data(log.after(0, NOW))).containsExactly("a", "b");
        assertThat(data(log.after(1, NOW))).containsExactly("b");
        assertThat(data(log.after(2, NOW))).isEmpty();
    }

    @Test
    void theOldestGiveWayAndWhoHasNotSeenThemIsTold() throws Exception {
        add("a", "b", "c", "d");
        assertThat(log.after(0, NOW)).isEqualTo(new Reading.Behind(1));
        assertThat(data(log.after(1, NOW))).containsExactly("b", "c", "d");
        assertThat(log.lost()).isEqualTo(1);
    }

    @Test
    void bytesAreBoundedToo() throws Exception {
        log.add("e", "a", 30);
        log.add("e", "b", 30);
        assertThat(log.after(0, NOW)).isEqualTo(new Reading.Behind(1));
        assertThat(data(log.after(1, NOW))).containsExactly("b");
        log.add("e", "too large", 51);
        assertThat(log.after(1, NOW)).isEqualTo(new Reading.Behind(2));
        add("c");
        assertThat(data(log.after(3, NOW))).containsExactly("c");
    }

    @Test
    void allLogsOfAnAppTogetherAreBounded() throws Exception {
        assertThat(share.take(130)).isTrue();
        add("a", "b", "c");
        assertThat(data(log.after(1, NOW))).containsExactly("b", "c");
        assertThat(share.take(1)).isFalse();
        log.discard("no more");
        assertThat(share.take(20)).isTrue();
        assertThat(shares.used()).isEqualTo(150);
    }

    @Test
    void whatOthersHoldLeavesTheShareOfTheApp() throws Exception {
        Share greedy = shares.open("other");
        assertThat(greedy.take(100)).isTrue();
        assertThat(greedy.take(1)).isFalse();
        add("a", "b", "c");
        assertThat(data(log.after(0, NOW))).containsExactly("a", "b", "c");
    }

    @Test
    void theReasonOfTheEndComesBehindTheLastEvent() throws Exception {
        add("a");
        log.end("first");
        log.end("second");
        add("b");
        assertThat(data(log.after(0, NOW))).containsExactly("a");
        assertThat(log.after(1, NOW)).isEqualTo(new Reading.Ended("first"));
    }

    @Test
    void aReaderWaitsForTheNextEvent() throws Exception {
        CompletableFuture<Reading> reading =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return log.after(0, Duration.ofSeconds(10));
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        add("a");
        assertThat(data(reading.join())).containsExactly("a");
    }

    @Test
    void itsNamesAreKnownAgainAndNoOthers() {
        add("a");
        assertThat(log.numberIn(log.nameOf(1))).isEqualTo(1);
        for (String other :
                List.of(log.nameOf(2), log.nameOf(-1), "x.1", log.id(), log.id() + ".x")) {
            assertThat(log.numberIn(other)).as(other).isEqualTo(-1);
        }
    }
}
