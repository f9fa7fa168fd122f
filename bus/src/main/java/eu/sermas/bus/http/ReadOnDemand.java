package eu.sermas.bus.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/// Answers a read by what the decoder still has, and reads the socket only where that is not enough
/// for one more object. Whoever reads where nothing more comes is told so.
final class ReadOnDemand extends ChannelOutboundHandlerAdapter {

    private final RequestDecoder decoder;
    private boolean wanted;
    private boolean decoding;

    ReadOnDemand(RequestDecoder decoder) {
        this.decoder = decoder;
    }

    /// Whoever gets an object may read again before this returns; that is remembered, so that the
    /// stack does not grow with what is there.
    @Override
    public void read(ChannelHandlerContext ctx) throws Exception {
        wanted = true;
        if (decoding) {
            return;
        }
        decoding = true;
        try {
            while (wanted && decoder.holdsBytes()) {
                wanted = false;
                if (!decoder.decodeOne()) {
                    wanted = true;
                    break;
                }
            }
        } finally {
            decoding = false;
        }
        if (wanted) {
            wanted = false;
            decoder.decodeNext();
            if (!decoder.tellsItsEnd()) {
                ctx.read();
            }
        }
    }
}
