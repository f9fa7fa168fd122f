package eu.sermas.bus.systemtest.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Writes down which statement was proved by which test, and what came out.
///
/// The launcher finds it by its service file. After any run with a conformance test in it the
/// report lies in `target/conformance.md`, and with `-Dconformance.update=true` in
/// `docs/conformance.md` as well.
public final class ConformanceReport implements TestExecutionListener {

    private static final Path REPORT = Path.of("target/conformance.md");
    private static final String PACKAGE = ConformanceReport.class.getPackageName() + ".v";

    static final String PASSED = "passed";
    private static final String FAILED = "failed";
    private static final String SKIPPED = "skipped";
    private static final String NOT_RUN = "not run";
    private static final List<String> BEST_FIRST = List.of(PASSED, NOT_RUN, SKIPPED, FAILED);

    /// The worst result of each method, over all its rows; of all test plans of this process.
    private static final Map<String, String> RESULTS = new ConcurrentHashMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
            record(
                    test,
                    switch (result.getStatus()) {
                        case SUCCESSFUL -> PASSED;
                        case FAILED -> FAILED;
                        case ABORTED -> SKIPPED;
                    });
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        record(test, SKIPPED);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (RESULTS.isEmpty()) {
            return;
        }
        var text = ConformanceDocument.render(name -> RESULTS.getOrDefault(name, NOT_RUN));
        write(REPORT, text);
        if (Boolean.getBoolean("conformance.update")) {
            write(ConformanceDocument.PATH, text);
        }
    }

    private static void record(TestIdentifier test, String result) {
        if (test.getSource().orElse(null) instanceof MethodSource method
                && method.getClassName().startsWith(PACKAGE)) {
            var name = Proof.nameOf(method.getClassName(), method.getMethodName());
            RESULTS.merge(name, result, ConformanceReport::worse);
        }
    }

    static String worse(String one, String other) {
        return BEST_FIRST.indexOf(one) > BEST_FIRST.indexOf(other) ? one : other;
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
