package eu.sermas.bus.broker;

/// One thread that owns a part of the sessions. The transport gives its network loops; a simulation
/// gives a deterministic one.
public interface EventLoop {

    /// Runs a task on the loop after what it does now, in the order of the calls of one thread.
    void execute(Runnable task);

    /// Runs a task on the loop, not before so many milliseconds have passed.
    void schedule(Runnable task, long delayMillis);

    boolean inEventLoop();
}
