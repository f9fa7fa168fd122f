package eu.sermas.bus.config.setting;

import eu.sermas.bus.http.Forwarding;
import eu.sermas.bus.peer.Networks;
import java.util.List;

/// The part of the table of [Settings] that is about what stands between the bus and its clients.
public final class ProxySettings {

    private static final Kind<Networks> NETWORKS =
            new Kind<>(
                    "addresses and networks such as 10.0.0.7, fd00::/8, separated by commas",
                    Networks::read,
                    Networks::toString);

    public static final Setting<Networks> PROXY_PROTOCOL =
            Setting.of(
                    "proxy-protocol",
                    NETWORKS,
                    Networks.NONE,
                    "Whose connections begin with a header of the PROXY protocol, version 1 or 2, and"
                            + " are closed without it. From anybody else such a header is refused.");
    public static final Setting<Networks> TRUSTED_PROXIES =
            Setting.of(
                    "http.trusted-proxies",
                    NETWORKS,
                    Networks.NONE,
                    "Proxies that are believed where a request comes from, over REST and WebSocket.");
    public static final Setting<Forwarding.Header> FORWARDED_HEADER =
            Setting.of(
                    "http.forwarded-header",
                    Kind.oneOf(Forwarding.Header.class),
                    Forwarding.Header.X_FORWARDED_FOR,
                    "The header in which they say so. The other is not looked at: what a proxy does"
                            + " not write it passes on as its client has sent it.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL = List.of(PROXY_PROTOCOL, TRUSTED_PROXIES, FORWARDED_HEADER);

    private ProxySettings() {}
}
