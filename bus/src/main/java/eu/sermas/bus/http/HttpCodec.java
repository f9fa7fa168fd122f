package eu.sermas.bus.http;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;

/// The HTTP/1.1 of one connection: bytes to `HttpRequest` and `HttpContent` objects, one for each
/// time that somebody behind it reads, and answers to bytes.
///
/// What a client sends ahead stays bytes until it is asked for. As objects it would be twenty times
/// as large, and an upgrade among it would overtake the answers before it.
public final class HttpCodec {

    private static final int LONGEST_REQUEST_LINE = 16 * 1_024;
    private static final int LARGEST_HEAD = 64 * 1_024;
    private static final int LARGEST_CHUNK = 64 * 1_024;

    /// Netty's own number.
    private static final int USUAL_BUFFERS = 16;

    private static final HttpHeadersFactory HEADERS =
            new HttpHeadersFactory() {
                @Override
                public HttpHeaders newHeaders() {
                    return new FewHeaders();
                }

                @Override
                public HttpHeaders newEmptyHeaders() {
                    return new FewHeaders();
                }
            };

    private HttpCodec() {}

    /// Appends it to a pipeline. On the event loop.
    ///
    /// @param budget where heads count that are large and not complete
    public static void addTo(ChannelPipeline pipeline, HttpBudget budget) {
        ResponseEncoder encoder = new ResponseEncoder();
        RequestDecoder decoder =
                new RequestDecoder(
                        new HttpDecoderConfig()
                                .setMaxInitialLineLength(LONGEST_REQUEST_LINE)
                                .setMaxHeaderSize(LARGEST_HEAD)
                                .setMaxChunkSize(LARGEST_CHUNK)
                                .setHeadersFactory(HEADERS)
                                .setTrailersFactory(HEADERS),
                        encoder::answers,
                        new HeadCost(pipeline.channel(), budget));
        pipeline.addLast(new ReadOnDemand(decoder), decoder, encoder);
        buffersPerRead(pipeline, 1);
    }

    /// Takes it out again. What is still there of the client's bytes is handed to the handler
    /// behind it, and then reading goes on by itself. Until that is done nobody may read, or what
    /// is there would be taken for one more request.
    public static void removeFrom(ChannelPipeline pipeline) {
        pipeline.remove(ResponseEncoder.class);
        pipeline.remove(RequestDecoder.class);
        pipeline.remove(ReadOnDemand.class);
        buffersPerRead(pipeline, USUAL_BUFFERS);
        pipeline.channel().config().setAutoRead(true);
    }

    private static void buffersPerRead(ChannelPipeline pipeline, int most) {
        if (pipeline.channel().config().getRecvByteBufAllocator()
                instanceof MaxMessagesRecvByteBufAllocator buffers) {
            buffers.maxMessagesPerRead(most);
        }
    }
}
