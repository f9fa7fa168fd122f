package eu.sermas.bus.server;

import java.util.concurrent.CountDownLatch;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of the process: SIGTERM and SIGINT close the bus, and the exit code is 0.
///
/// The JVM would end with 143 after its hooks, so the hook itself halts with 0; and because what
/// hangs must not hold up an operator, a second thread halts in any case.
public final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final long HARD_LIMIT_MILLIS = 9_000;

    private Shutdown() {}

    /// Lets the bus run until somebody ends the process. Does not return.
    public static void runUntilSignal(Bus bus) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> end(bus)));
        new CountDownLatch(1).await();
    }

    private static void end(Bus bus) {
        Thread.ofPlatform().daemon().name("hard limit").start(Shutdown::haltInTheEnd);
        LOG.info("stopping");
        bus.close();
        endRecordings();
        LOG.info("stopped");
        Logging.stop();
        Runtime.getRuntime().halt(0);
    }

    /// A recording of the JVM's flight recorder is written by a hook beside this one, which the
    /// halt would cut off.
    private static void endRecordings() {
        if (!FlightRecorder.isInitialized()) {
            return;
        }
        for (Recording recording : FlightRecorder.getFlightRecorder().getRecordings()) {
            try {
                recording.stop();
            } catch (IllegalStateException _) {
                LOG.debug("flight recording {} is written already", recording.getName());
            }
        }
    }

    private static void haltInTheEnd() {
        try {
            Thread.sleep(HARD_LIMIT_MILLIS);
        } catch (InterruptedException _) {
            return;
        }
        Runtime.getRuntime().halt(1);
    }
}
