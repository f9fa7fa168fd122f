package eu.sermas.bus.bench;

import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.Matches;
import eu.sermas.bus.routing.SubscriptionTree;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A million subscriptions over 10,000 apps: 98 exact filters, one `+` and one `#` in each.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx4g")
public class RoutingBenchmark {

    private static final int APPS = 10_000;
    private static final int EXACT_PER_APP = 98;
    private static final int HOT = 1024;

    private final SubscriptionTree<Object> tree = new SubscriptionTree<>();
    private final Topic[] matched = new Topic[HOT];
    private final Topic[] plus = new Topic[HOT];
    private final Topic[] hash = new Topic[HOT];
    private final Topic[] unmatched = new Topic[HOT];
    private final Object subscriber = new Object();
    private final Subscription added = subscription("app/a5/ui/content/extra");
    private int next;

    @Setup
    public void fill() {
        for (int app = 0; app < APPS; app++) {
            String messages = "app/a" + app + "/dialogue/messages/";
            for (int i = 0; i < EXACT_PER_APP; i++) {
                tree.add(new Object(), subscription(messages + i), 0);
            }
            tree.add(new Object(), subscription("app/a" + app + "/ui/interaction/+"), 0);
            tree.add(new Object(), subscription("app/a" + app + "/detection/#"), 0);
        }
        for (int i = 0; i < HOT; i++) {
            matched[i] = Topic.of("app/a" + i + "/dialogue/messages/" + i % EXACT_PER_APP);
            plus[i] = Topic.of("app/a" + i + "/ui/interaction/" + i % 7);
            hash[i] = Topic.of("app/a" + i + "/detection/user/" + i % 7);
            unmatched[i] = Topic.of("app/a" + i + "/robotics/move");
        }
    }

    private static Subscription subscription(String filter) {
        return Subscription.of(TopicFilter.of(filter), QoS.AT_LEAST_ONCE);
    }

    @Benchmark
    public Matches<Object> matchExact() {
        return tree.match(matched[next++ & (HOT - 1)]);
    }

    @Benchmark
    public Matches<Object> matchPlus() {
        return tree.match(plus[next++ & (HOT - 1)]);
    }

    @Benchmark
    public Matches<Object> matchHash() {
        return tree.match(hash[next++ & (HOT - 1)]);
    }

    @Benchmark
    public Matches<Object> matchNobody() {
        return tree.match(unmatched[next++ & (HOT - 1)]);
    }

    /// What a cached route costs per message.
    @Benchmark
    public long version() {
        return tree.version(matched[next++ & (HOT - 1)]);
    }

    @Benchmark
    public boolean addAndRemove() {
        tree.add(subscriber, added, 0);
        return tree.remove(subscriber, added.filter());
    }

    /// One thread matches what another thread's subscriptions come and go beside.
    @Benchmark
    @Group("whileChanging")
    public Matches<Object> match(Reader reader) {
        return tree.match(matched[reader.next++ & (HOT - 1)]);
    }

    @Benchmark
    @Group("whileChanging")
    public boolean change() {
        return addAndRemove();
    }

    /// The place of the thread that matches.
    @State(Scope.Thread)
    public static class Reader {
        private int next;
    }
}
