package eu.sermas.bus.transport;

import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.peer.ClientAddress;
import io.netty.channel.Channel;

/// The memory for packets that have begun and are not all there, and who may use how much of it.
///
/// Before the login nothing is known but an address: all such connections together have a quarter,
/// and those of one address a quarter of that, so that no flood of half a CONNECT reaches what
/// those have who are in. After it, an app has a share, and one principal at most a quarter of what
/// all apps have.
///
/// Packets that are there as a whole, and small ones, take nothing from it. So whoever sends what
/// clients usually send never finds it full.
final class InputBudget {

    /// What a connection may hold unasked before its login: less than its read buffer.
    private static final int FREE_FOR_STRANGERS = 1024;

    /// The same after it.
    private static final int FREE_FOR_MEMBERS = 8 * 1024;

    private static final int PART = 4;
    private static final int GUARANTEED_SOURCES = 64;

    private final Shares strangers;
    private final Shares members;
    private final long mostOfSource;
    private final long mostOfPrincipal;

    /// Counts for each principal, over all its connections; the limit is that of the allowance.
    private final Shares principals = new Shares(Long.MAX_VALUE / 2, 1);

    /// @param largestPacket that one principal may send where there is room for it at all
    InputBudget(InputLimits limits, int largestPacket) {
        long before = limits.total() / PART;
        strangers = new Shares(before, GUARANTEED_SOURCES);
        members = new Shares(limits.total() - before, limits.guaranteedApps());
        mostOfSource = Math.max(ConnectPhase.LARGEST_CONNECT, before / PART);
        mostOfPrincipal = Math.max(largestPacket, members.total() / PART);
    }

    /// For a connection that has not shown who it is.
    InputAllowance beforeLogin(Channel channel) {
        return new InputAllowance(
                () -> strangers.open(ClientAddress.ownerOf(channel)),
                null,
                FREE_FOR_STRANGERS,
                mostOfSource);
    }

    InputAllowance of(Login login, Channel channel) {
        Principal principal = login.principal();
        return new InputAllowance(
                () -> MemberShare.open(members, principal, channel),
                () -> principals.open(MemberShare.ownerOf(principal, channel)),
                FREE_FOR_MEMBERS,
                mostOfPrincipal);
    }

    /// Bytes that are taken now.
    long used() {
        return strangers.used() + members.used();
    }
}
