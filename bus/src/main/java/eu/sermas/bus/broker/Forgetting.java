package eu.sermas.bus.broker;

import org.jspecify.annotations.Nullable;

/// The end of an earlier session on disk, which may have happened already.
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
