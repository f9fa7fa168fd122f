package eu.sermas.bus.bench;

import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.Identity;
import eu.sermas.bus.identity.IdentitySettings;
import eu.sermas.bus.identity.Outcome;
import eu.sermas.bus.identity.TokenResponse;
import eu.sermas.bus.identity.TokenService.TokenRequest;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.store.Folders;
import eu.sermas.bus.store.memory.MemoryStore;
import eu.sermas.bus.time.BusClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What a token costs at CONNECT: one that was seen before, and one whose RS256 signature has to be
/// verified. Both end with the compiled rights of its principal.
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
public class TokenBenchmark {

    private static final int TOKENS = 1_000;
    private static final String SYSTEM = "platform";
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final byte[] NO_PASSWORD = {};

    private Path keys;
    private MemoryStore store;
    private List<String> tokens;
    private Identity identity;
    private int next;

    @Setup(Level.Trial)
    public void issue() throws IOException {
        keys = Files.createTempDirectory("sermas-bus-bench");
        store = new MemoryStore();
        try (Identity issuer = open()) {
            tokens = Stream.generate(() -> issue(issuer)).limit(TOKENS).toList();
        }
    }

    /// Nobody has seen any of the tokens.
    @Setup(Level.Iteration)
    public void forget() {
        identity = open();
        next = 0;
    }

    @TearDown(Level.Iteration)
    public void close() {
        identity.close();
    }

    @TearDown(Level.Trial)
    public void delete() throws IOException {
        Folders.remove(keys);
    }

    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @Warmup(iterations = 5, batchSize = TOKENS)
    @Measurement(iterations = 10, batchSize = TOKENS)
    public Login thousandNew() {
        return check(tokens.get(next++));
    }

    @Benchmark
    @BenchmarkMode(Mode.AverageTime)
    @Warmup(iterations = 3, time = 1)
    @Measurement(iterations = 5, time = 1)
    public Login seen() {
        return check(tokens.getFirst());
    }

    private Login check(String token) {
        return identity.verifier().authenticate(token, NO_PASSWORD).toCompletableFuture().join();
    }

    private Identity open() {
        return Identity.open(
                store,
                IdentitySettings.DEFAULTS
                        .withDataDirectory(keys)
                        .withSystemClients(Map.of(SYSTEM, SECRET)),
                BusClock.ofSystem(null),
                new Metrics(),
                LiveCatalogue.standard(),
                _ -> {});
    }

    private static String issue(Identity issuer) {
        return switch (issuer.tokens().token(new TokenRequest(null, SYSTEM, SECRET), null, "::1")) {
            case Outcome.Done<TokenResponse>(TokenResponse answer) -> answer.accessToken();
            case Outcome.Refused<TokenResponse> refused ->
                    throw new IllegalStateException(refused.toString());
        };
    }
}
