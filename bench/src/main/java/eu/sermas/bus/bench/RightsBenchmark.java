package eu.sermas.bus.bench;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Grants;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The decision on a topic or a filter, without the connection's memory of its last topic.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RightsBenchmark {

    private final AccessRights rights =
            AccessRights.granted(
                    Set.of("myapp"),
                    Grants.of(List.of("dialogue", "ui.content", "detection.user")),
                    null);
    private final Topic allowed = Topic.of("app/myapp/dialogue/messages/0c5e6a5e");
    private final Topic denied = Topic.of("app/other/dialogue/messages/0c5e6a5e");
    private final TopicFilter filter = TopicFilter.of("app/myapp/dialogue/messages/+");

    @Benchmark
    public Verdict publishAllowed() {
        return rights.mayPublish(allowed);
    }

    @Benchmark
    public Verdict publishDenied() {
        return rights.mayPublish(denied);
    }

    @Benchmark
    public Verdict subscribeAllowed() {
        return rights.maySubscribe(filter);
    }
}
