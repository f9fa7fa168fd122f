package eu.sermas.bus.peer;

import io.netty.channel.Channel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;

/// The end of what a peer sends. It may only have ended its own half and still read, or it may be
/// gone; which of both shows when something is written. So what was received is handled, what is
/// owed is written, and then the connection is closed, by whoever knows what is owed: a connection
/// is not closed by itself when its input ends.
public final class InputEnd {

    private InputEnd() {}

    /// Whether this event of a pipeline tells of it: by TCP, or by a TLS `close_notify`. Everything
    /// that was sent before has gone through the pipeline by then.
    public static boolean isToldBy(Object event) {
        return event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent closed && closed.isSuccess());
    }

    /// Whether it was told already, for a handler that comes later.
    public static boolean hasCome(Channel channel) {
        if (channel instanceof DuplexChannel socket && socket.isInputShutdown()) {
            return true;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return tls != null && tls.engine().isInboundDone();
    }
}
