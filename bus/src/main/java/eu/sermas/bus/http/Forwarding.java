package eu.sermas.bus.http;

import eu.sermas.bus.peer.Networks;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where requests come from that proxies pass on. Each proxy appends to a header who has spoken to
/// it, so the chain is true from its right end on, as long as it was written by proxies that are
/// believed; what stands before that is whatever a client likes to say. The client is the rightmost
/// address that is not one of those proxies.
///
/// Only one of the two headers is looked at, by configuration: a proxy that writes one of them
/// passes the other on as its client has sent it.
///
/// @param proxies whose word is taken
/// @param header the one that they write
public record Forwarding(Networks proxies, Header header) {

    /// How proxies name those who speak to them.
    public enum Header {
        X_FORWARDED_FOR("X-Forwarded-For"),
        /// RFC 7239.
        FORWARDED("Forwarded");

        private final String text;

        Header(String text) {
            this.text = text;
        }
    }

    /// Nobody is believed.
    public static final Forwarding NONE = new Forwarding(Networks.NONE, Header.X_FORWARDED_FOR);

    private static final String FOR = "for=";

    /// Where a request comes from.
    ///
    /// @param peer where the connection comes from
    public @Nullable InetAddress clientOf(@Nullable InetAddress peer, HttpHeaders headers) {
        InetAddress client = peer;
        if (!proxies.contains(peer)) {
            return client;
        }
        String chain = String.join(",", headers.getAll(header.text));
        int end = chain.length();
        // What was appended stands behind the last comma, whatever quotes a client has opened.
        while (end > 0 && proxies.contains(client)) {
            int comma = chain.lastIndexOf(',', end - 1);
            InetAddress before = addressIn(chain.substring(comma + 1, end).strip());
            if (before == null) {
                break; // hidden or malformed: nearer than this proxy nobody is known
            }
            client = before;
            end = comma;
        }
        return client;
    }

    private @Nullable InetAddress addressIn(String element) {
        if (header == Header.X_FORWARDED_FOR) {
            return literal(element);
        }
        for (String pair : element.split(";", -1)) {
            String text = pair.strip();
            if (text.toLowerCase(Locale.ROOT).startsWith(FOR)) {
                return literal(unquoted(text.substring(FOR.length())));
            }
        }
        return null;
    }

    private static String unquoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    /// An address, with or without a port: `192.0.2.7:4711`, `[2001:db8::7]:4711`.
    private static @Nullable InetAddress literal(String text) {
        String address = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            address = end < 0 ? text : text.substring(1, end);
        } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') > 0) {
            address = text.substring(0, text.indexOf(':'));
        }
        return Networks.addressIn(address);
    }
}
