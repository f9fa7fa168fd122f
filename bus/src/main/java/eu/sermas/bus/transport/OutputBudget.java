package eu.sermas.bus.transport;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.budget.Shares;
import io.netty.channel.Channel;

/// The memory for what waits to be written to clients, with a share for each app.
final class OutputBudget {

    private final Shares shares;

    OutputBudget(OutputLimits limits) {
        shares = new Shares(limits.total(), limits.guaranteedApps());
    }

    /// By what a connection of this loop counts.
    OutputPurse of(Login login, Channel channel, Turn turn) {
        return turn.purse(MemberShare.open(shares, login.principal(), channel));
    }

    /// Bytes that are taken now.
    long used() {
        return shares.used();
    }
}
