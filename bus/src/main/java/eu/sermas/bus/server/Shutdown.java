package eu.sermas.bus.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of the process: SIGTERM and SIGINT close the bus, at any moment from the beginning of
/// its start on, and the exit code is 0.
///
/// A bus that is about to start is let come up first, for half of one cannot say good-bye; where
/// that takes long, it ends as it stands, which has promised nothing to anybody.
///
/// The JVM would end with 143 after its hooks, so the hook itself halts with 0; and because what
/// hangs must not hold up an operator, a second thread halts in any case.
public final class Shutdown {

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final long HARD_LIMIT_MILLIS = 9_000;
    private static final long COMING_UP_MILLIS = 3_000;

    private Shutdown() {}

    /// How a bus is started.
    public interface Start {
        Bus run() throws StartFailed;
    }

    /// Starts a bus and lets it run until somebody ends the process. Does not return.
    ///
    /// @param started is told when it runs
    /// @throws StartFailed as the start does
    public static void runUntilSignal(Start start, Consumer<Bus> started)
            throws StartFailed, InterruptedException {
        CompletableFuture<Bus> running = new CompletableFuture<>();
        Thread hook = Thread.ofPlatform().unstarted(() -> end(running));
        if (add(hook)) {
            try {
                Bus bus = start.run();
                running.complete(bus);
                started.accept(bus);
            } catch (StartFailed | RuntimeException | Error e) {
                running.completeExceptionally(e);
                if (remove(hook)) {
                    throw e;
                }
                // It was in the midst of the start that somebody ended the process.
            }
        }
        new CountDownLatch(1).await();
    }

    /// @return false where the process ends already
    private static boolean add(Thread hook) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            return true;
        } catch (IllegalStateException _) {
            return false;
        }
    }

    /// @return false where the process ends already
    private static boolean remove(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            return false;
        }
    }

    private static void end(CompletableFuture<Bus> running) {
        Thread.ofPlatform().daemon().name("hard limit").start(Shutdown::haltInTheEnd);
        LOG.info("stopping");
        try {
            running.get(COMING_UP_MILLIS, TimeUnit.MILLISECONDS).close();
        } catch (TimeoutException | ExecutionException _) {
            LOG.info("it had not started yet");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
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
