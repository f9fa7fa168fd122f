package eu.sermas.bus.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.setting.LogSettings;
import org.slf4j.LoggerFactory;

/// The log of the running bus: standard error, one event per line. Libraries are heard from
/// warnings up.
///
/// A thread of its own writes, and events are lost rather than waited for where nobody reads
/// standard error: an event loop must not hang on a pipe.
final class Logging {

    private static final String OURS = "eu.sermas.bus";

    /// Nothing must look like a line of the log that is none. What clients wrote is clean already,
    /// see [eu.sermas.bus.packet.Printable]; this is for what others put into their messages. The
    /// fields of a line follow its message.
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}"
                    + " %replace(%replace(%msg %kvp{NONE}){'[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+', ' '}){' +$', ''}%n";

    private Logging() {}

    static void start(Configuration configuration) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> encoder =
                switch (configuration.get(LogSettings.FORMAT)) {
                    case TEXT -> text(context);
                    case JSON -> json(context);
                };
        toStandardError(context, Level.WARN, encoder);
        level(configuration);
        makeAsynchronous(context);
    }

    /// How much is logged from now on.
    static void level(Configuration configuration) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Level level = Level.toLevel(configuration.get(LogSettings.LEVEL).name());
        context.getLogger(OURS).setLevel(level);
    }

    /// Writes what is still waiting.
    static void stop() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    static void toStandardError(
            LoggerContext context, Level level, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("stderr");
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(level);
        root.addAppender(console);
    }

    static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(PATTERN);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonLines encoder = new JsonLines();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static void makeAsynchronous(LoggerContext context) {
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        LogQueue queue = new LogQueue(root.getAppender("stderr"));
        queue.setContext(context);
        queue.start();
        root.detachAppender("stderr");
        root.addAppender(queue);
    }
}
