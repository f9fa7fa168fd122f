package eu.sermas.bus.broker;

import eu.sermas.bus.broker.Congestion.Reason;
import eu.sermas.bus.session.Connection;
import java.util.concurrent.CompletionStage;

/// Keeps the packets of one client in their order while somebody else is asked about one of them:
/// until the answer is there, no more is read. Owned by the loop of the client.
final class Hold {

    private final Shard shard;
    private final Connection connection;
    private int open;

    Hold(Shard shard, Connection connection) {
        this.shard = shard;
        this.connection = connection;
    }

    /// Goes on once there is an answer; also where the client has gone away meanwhile, which
    /// whoever goes on has to look at.
    ///
    /// @param then runs on the loop
    void until(CompletionStage<?> answer, Runnable then) {
        open++;
        shard.congestion().pauseWhile(connection, Reason.VERDICT, () -> open > 0);
        answer.whenComplete((_, _) -> shard.loop().execute(() -> goOn(then)));
    }

    private void goOn(Runnable then) {
        open--;
        then.run();
        shard.congestion().lookAgain(connection, Reason.VERDICT);
        shard.needsEndOfTurn();
    }
}
