package eu.sermas.bus.broker;

import org.jspecify.annotations.Nullable;

/// What an earlier connection leaves on disk for a moment, which may be over already: its session
/// until that has ended there, its will until whoever gets it has it.
final class Forgetting {
    private boolean asked;
    private boolean done = true;
    private @Nullable Runnable next;

    void ask() {
        asked = true;
        done = false;
    }

    boolean isAsked() {
        return asked;
    }

    void done() {
        done = true;
        if (next != null) {
            next.run();
        }
    }

    void then(Runnable task) {
        if (done) {
            task.run();
        } else {
            next = task;
        }
    }
}
