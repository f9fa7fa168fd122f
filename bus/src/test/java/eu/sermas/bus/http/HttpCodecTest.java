package eu.sermas.bus.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCodecTest {

    private static final String GET = "GET /%d HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final HttpBudget BUDGET = new HttpBudget(64 << 20, 256, 16);

    private final EmbeddedChannel channel = new EmbeddedChannel();

    @BeforeEach
    void build() {
        channel.config().setAutoRead(false);
        HttpCodec.addTo(channel.pipeline(), BUDGET);
    }

    @AfterEach
    void end() {
        channel.finishAndReleaseAll();
    }

    private void arrives(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, US_ASCII));
    }

    /// The objects that are there, as text.
    private List<String> taken() {
        List<String> texts = new ArrayList<>();
        for (Object object = channel.readInbound();
                object != null;
                object = channel.readInbound()) {
            if (object instanceof HttpRequest request) {
                texts.add(
                        request.decoderResult().isSuccess()
                                ? request.uri()
                                : request.decoderResult().cause().getClass().getSimpleName());
            }
            if (object instanceof HttpContent content && content.content().isReadable()) {
                texts.add(content.content().toString(US_ASCII));
            }
            if (object instanceof LastHttpContent) {
                texts.add("end");
            }
            ReferenceCountUtil.release(object);
        }
        return texts;
    }

    @Test
    void oneRequestIsMadeForEachRead() {
        arrives(GET.formatted(1) + GET.formatted(2) + GET.formatted(3));
        assertThat(taken()).containsExactly("/1", "end");
        channel.read();
        assertThat(taken()).containsExactly("/2", "end");
        channel.read();
        assertThat(taken()).containsExactly("/3", "end");
        channel.read();
        assertThat(taken()).isEmpty();
    }

    @Test
    void aBodyComesInPartsAsItIsReadAndTheNextRequestBehindIt() {
        arrives("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
        List<String> all = new ArrayList<>(taken());
        channel.read();
        all.addAll(taken());
        assertThat(all).containsExactly("/1", "ab");
        channel.read();
        arrives("cd" + GET.formatted(2));
        assertThat(taken()).containsExactly("cd", "end");
        channel.read();
        assertThat(taken()).containsExactly("/2", "end");
    }

    /// One read of a socket may bring several buffers.
    @Test
    void whatComesUnaskedWaits() {
        arrives("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
        assertThat(taken()).containsExactly("/1");
        arrives("ab");
        arrives("cd");
        assertThat(taken()).isEmpty();
        channel.read();
        assertThat(taken()).containsExactly("abcd", "end");
    }

    @Test
    void whatStandsBehindTheRequestIsHandedOnWhereItIsTakenOut() {
        arrives(GET.formatted(1) + "rest");
        assertThat(taken()).containsExactly("/1", "end");
        HttpCodec.removeFrom(channel.pipeline());
        ByteBuf rest = channel.readInbound();
        assertThat(rest.toString(US_ASCII)).isEqualTo("rest");
        rest.release();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /1 HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
                "GET /1 HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n",
                "GET /1 HTTP/1.1\r\n Host: a\r\n\r\n",
                "GET /1 HTTP/1.1\r\nHost: a\r\nX: b\r\n \r\n\r\n",
                "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void whatCanBeReadInTwoWaysIsMalformed(String head) {
        for (int cut = 0; cut < head.length(); cut++) {
            EmbeddedChannel again = new EmbeddedChannel();
            HttpCodec.addTo(again.pipeline(), BUDGET);
            again.writeInbound(Unpooled.copiedBuffer(head.substring(0, cut), US_ASCII));
            again.writeInbound(Unpooled.copiedBuffer(head.substring(cut), US_ASCII));
            HttpRequest request = again.readInbound();
            assertThat(request.decoderResult().isFailure()).as("cut at %s", cut).isTrue();
            again.finishAndReleaseAll();
        }
    }

    @Test
    void theNextRequestIsJudgedByItself() {
        arrives("GET /1 HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n" + GET.formatted(2));
        assertThat(taken()).containsExactly("MalformedRequestException", "end");
        channel.read();
        assertThat(taken()).containsExactly("/2", "end");
    }

    @Test
    void thereAreNotManyFields() {
        arrives("GET /1 HTTP/1.1\r\n" + "a:\r\n".repeat(FewHeaders.MOST + 1) + "\r\n");
        assertThat(taken()).contains(TooLongHttpHeaderException.class.getSimpleName());
    }

    @Test
    void theAnswerToAHeadHasNoBody() {
        arrives("HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        DefaultFullHttpResponse answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK,
                        Unpooled.copiedBuffer("body", US_ASCII));
        answer.headers().set("Content-Length", 4);
        channel.writeOutbound(answer);
        StringBuilder written = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            written.append(part.toString(US_ASCII));
            part.release();
        }
        assertThat(written).endsWith("\r\n\r\n").doesNotContain("body");
    }
}
