package eu.sermas.bus.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AcceptFailuresTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AcceptFailures.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private long now;

    AcceptFailuresTest() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void hearNoMore() {
        logger.detachAppender(log);
    }

    @Test
    void aDoorThatDoesNotOpenIsSaidOnceAMinute() {
        EmbeddedChannel listener = new EmbeddedChannel(new AcceptFailures(() -> now));
        for (int second = 0; second < 120; second++) {
            now = TimeUnit.SECONDS.toNanos(second);
            listener.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        }
        listener.checkException(); // it went no further
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        line -> assertThat(line).contains(" 1 failures", "Too many open files"),
                        line -> assertThat(line).contains(" 60 failures"));
        assertThat(log.list).allSatisfy(line -> assertThat(line.getThrowableProxy()).isNull());
    }
}
