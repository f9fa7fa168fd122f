package eu.sermas.bus.simulation;

import eu.sermas.bus.broker.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Event loops and clocks that only move when a test says so. Tasks of one loop run in their order;
/// which loop runs next is drawn from a seed, so a failing run can be repeated.
///
/// Drawn evenly, loops stay close together, and what needs one of them to lag hardly ever happens.
/// [#race] draws in another way: loops and disk have an order of precedence that holds for a while,
/// so that the last of them stands still while the others go far ahead.
public final class SimulatedLoops {

    /// How many steps an order of precedence holds, on the average.
    private static final int REIGN = 12;

    private record Timer(long at, long order, Loop loop, Runnable task)
            implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final class Loop implements EventLoop {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.addLast(task);
        }

        @Override
        public void schedule(Runnable task, long delayMillis) {
            timers.add(new Timer(now + delayMillis, order++, this, task));
        }

        @Override
        public boolean inEventLoop() {
            return running == this;
        }

        private boolean runOne() {
            if (tasks.isEmpty()) {
                return false;
            }
            running = this;
            try {
                tasks.removeFirst().run();
            } finally {
                running = null;
            }
            return true;
        }
    }

    private final Random random;
    private final List<Loop> loops = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private @Nullable Loop running;
    private BooleanSupplier disk = () -> false;
    private long order;

    /// What goes by evenly, whatever happens to the clock on the wall.
    private long now = 1_000_000_000_000L;

    private long wrong;

    /// Loops and disk, those first that go ahead; empty unless they race.
    private final List<BooleanSupplier> precedence = new ArrayList<>();

    public SimulatedLoops(int count, long seed) {
        random = new Random(seed);
        make(count);
    }

    private void make(int count) {
        loops.clear();
        for (int i = 0; i < count; i++) {
            loops.add(new Loop());
        }
    }

    public List<? extends EventLoop> loops() {
        return List.copyOf(loops);
    }

    int count() {
        return loops.size();
    }

    /// Milliseconds that never jump.
    public long now() {
        return now;
    }

    /// What the clock of the machine says, which somebody may set.
    public long wall() {
        return now + wrong;
    }

    /// Somebody sets the clock of the machine.
    public void setClock(long millisForward) {
        wrong += millisForward;
    }

    /// What the disk does in one step; it says whether it had anything to do.
    public void disk(BooleanSupplier step) {
        disk = step;
    }

    /// From now on some of them run far ahead of the others.
    void race() {
        precedence.clear();
        loops.forEach(loop -> precedence.add(loop::runOne));
        precedence.add(() -> disk.getAsBoolean());
        Collections.shuffle(precedence, random);
    }

    /// The process dies: nothing that was to be done is done. Time stays.
    public void crash() {
        loops.forEach(loop -> loop.tasks.clear());
        timers.clear();
    }

    /// The same, and the next process has so many loops.
    void crash(int nextCount) {
        crash();
        make(nextCount);
        if (!precedence.isEmpty()) {
            race();
        }
    }

    /// Whether the loop has something to do now.
    boolean isBusy(int loop) {
        return !loops.get(loop).tasks.isEmpty();
    }

    /// Runs one task of a loop that has one, or one step of the disk.
    ///
    /// @return false where none has
    public boolean step() {
        return precedence.isEmpty() ? stepEvenly() : stepByPrecedence();
    }

    private boolean stepEvenly() {
        List<Loop> busy = loops.stream().filter(loop -> !loop.tasks.isEmpty()).toList();
        if (busy.isEmpty() || random.nextInt(3) == 0) {
            boolean moved = disk.getAsBoolean();
            if (moved || busy.isEmpty()) {
                return moved;
            }
        }
        return busy.get(random.nextInt(busy.size())).runOne();
    }

    private boolean stepByPrecedence() {
        if (random.nextInt(REIGN) == 0) {
            Collections.shuffle(precedence, random);
        }
        for (BooleanSupplier each : precedence) {
            if (each.getAsBoolean()) {
                return true;
            }
        }
        return false;
    }

    /// Runs until no loop has anything to do at this moment.
    public void settle() {
        while (step()) {
            // until idle
        }
    }

    /// Gives a loop something to do when its turn comes.
    public void later(int loop, Runnable task) {
        loops.get(loop).execute(task);
    }

    /// Runs a task on a loop and everything that follows from it.
    public void on(int loop, Runnable task) {
        loops.get(loop).execute(task);
        settle();
    }

    /// Lets time pass, running what falls due in its order.
    public void advance(long millis) {
        long until = now + millis;
        settle();
        while (!timers.isEmpty() && timers.peek().at <= until) {
            Timer timer = timers.remove();
            now = Math.max(now, timer.at);
            timer.loop.execute(timer.task);
            settle();
        }
        now = until;
    }

    /// Lets time pass in which no loop gets anywhere: what falls due stands behind what each has to
    /// do already.
    public void stall(long millis) {
        now += millis;
        while (!timers.isEmpty() && timers.peek().at <= now) {
            Timer timer = timers.remove();
            timer.loop.execute(timer.task);
        }
    }
}
