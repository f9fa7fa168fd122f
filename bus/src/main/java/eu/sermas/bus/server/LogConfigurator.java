package eu.sermas.bus.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/// What is logged before anybody has read a configuration, and by the short commands: warnings, on
/// standard error. Found by Logback itself; without a configurator it would log everything, and
/// reading a file would cost a tenth of a second at each start.
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logging.toStandardError(context, Level.WARN, Logging.text(context));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
