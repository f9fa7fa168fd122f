package eu.sermas.bus.systemtest.crash;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.systemtest.crash.FaultyDisk.Tail;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The bus is killed and its files are cut to what had been synced, as a power cut does.
@EnabledOnOs(OS.LINUX)
@Timeout(value = 1, unit = TimeUnit.HOURS) // a soak takes its time; each wait has its own limit
class PowerCutIT {

    private static final int CUTS = Math.max(6, Integer.getInteger("crash.kills", 0));

    @Test
    void nothingAcknowledgedIsLost() {
        var outcome = CrashRun.of(CUTS).withPowerCuts(Tail.values()).play();
        assertThat(outcome.findings()).as("%s", outcome).isEmpty();
    }

    /// Shows that the power is really cut: what was written and not synced is gone, be it messages
    /// or the memory of what was received.
    @Test
    void whatIsNotSyncedIsLost() {
        var outcome = CrashRun.of(3, "durability.default=async").withPowerCuts(Tail.GONE).play();
        assertThat(outcome.findings()).as("%s", outcome).isNotEmpty();
    }
}
