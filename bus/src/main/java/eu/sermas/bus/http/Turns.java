package eu.sermas.bus.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;

/// In what order the requests of one owner come in where there is no room for all of them: as they
/// came. For threads that may wait.
final class Turns {

    /// Those of one owner.
    static final class Turn {

        private final Semaphore first = new Semaphore(1, true);
        private final String owner;
        private int users;

        private Turn(String owner) {
            this.owner = owner;
        }

        /// Who has it is the first of those who wait, until it is given back.
        Semaphore first() {
            return first;
        }
    }

    private final ConcurrentMap<String, Turn> owners = new ConcurrentHashMap<>();

    /// To be closed as often as it was opened.
    Turn open(String owner) {
        return owners.compute(
                owner,
                (_, known) -> {
                    Turn turn = known == null ? new Turn(owner) : known;
                    turn.users++;
                    return turn;
                });
    }

    void close(Turn turn) {
        owners.computeIfPresent(turn.owner, (_, known) -> --known.users == 0 ? null : known);
    }
}
