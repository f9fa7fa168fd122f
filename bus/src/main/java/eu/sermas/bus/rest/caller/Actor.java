package eu.sermas.bus.rest.caller;

import org.jboss.resteasy.core.ResteasyContext;
import org.jboss.resteasy.spi.HttpRequest;
import org.jspecify.annotations.Nullable;

/// On whose request the calling thread works.
///
/// @param principal its id, or the empty string for somebody without a token
/// @param address without the port
public record Actor(String principal, String address) {

    /// @return null where it is no thread of a request: the process itself does it
    public static @Nullable Actor current() {
        HttpRequest request = ResteasyContext.getContextData(HttpRequest.class);
        if (request == null) {
            return null;
        }
        Caller caller = ResteasyContext.getContextData(Caller.class);
        return new Actor(caller == null ? "" : caller.principal().id(), request.getRemoteAddress());
    }
}
