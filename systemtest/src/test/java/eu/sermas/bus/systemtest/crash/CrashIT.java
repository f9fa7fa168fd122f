package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.crash.CrashRun.Outcome;
import eu.sermas.bus.systemtest.crash.Finding.Rule;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `kill -9` in the middle of traffic, again and again. `-Dcrash.kills=200` makes a soak of it.
@Timeout(value = 1, unit = TimeUnit.HOURS) // a soak takes its time; each wait has its own limit
class CrashIT {

    private static final int KILLS = Integer.getInteger("crash.kills", 12);

    @Test
    void nothingAcknowledgedIsLost() {
        var outcome = CrashRun.of(KILLS).play();
        assertThat(outcome.findings()).as("%s", outcome).isEmpty();
        assertEnoughHappened(outcome);
    }

    /// Sessions that wait for messages of every class: those that are kept lose nothing by those
    /// that are not.
    @Test
    void nothingAcknowledgedIsLostBesideMessagesThatAreNotKept() {
        var outcome = CrashRun.of(KILLS, "durability.topics=loose/raw5=async,loose/#=none").play();
        assertThat(outcome.findings()).as("%s", outcome).isEmpty();
        assertEnoughHappened(outcome);
    }

    /// What is left when acknowledgements promise nothing: the ledger has to see it.
    @Test
    void withoutDurabilityMessagesAreLost() {
        var outcome = CrashRun.of(3, "durability.default=none").play();
        assertThat(outcome.of(Rule.LOST)).as("%s", outcome).isNotEmpty();
    }

    private static void assertEnoughHappened(Outcome outcome) {
        assertThat(outcome.count(Event.Acknowledged.class)).isGreaterThan(100L * KILLS);
        assertThat(outcome.count(Event.Received.class)).isGreaterThan(500L * KILLS);
        assertThat(outcome.count(Event.Read.class)).isGreaterThan(KILLS);
        assertThat(outcome.count(Event.Revoked.class)).isPositive();
    }
}
