package eu.sermas.bus.transport;

import eu.sermas.bus.access.Principal;
import eu.sermas.bus.budget.Share;
import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.peer.ClientAddress;
import io.netty.channel.Channel;

/// Whose share of the memory for connections somebody uses who has logged in: that of their app, or
/// their own where they belong to none or to several.
final class MemberShare {

    private MemberShare() {}

    static Share open(Shares shares, Principal principal, Channel channel) {
        if (principal.isPlatformAdmin()) {
            return shares.system();
        }
        return shares.open(
                principal.appIds().size() == 1
                        ? "app " + principal.appIds().iterator().next()
                        : ownerOf(principal, channel));
    }

    /// Everybody is the same principal where nobody has to log in.
    static String ownerOf(Principal principal, Channel channel) {
        return principal.kind() == Principal.Kind.ANONYMOUS
                ? "address " + ClientAddress.ownerOf(channel)
                : "principal " + principal.id();
    }
}
