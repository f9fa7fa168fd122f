package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.server.Bus;
import eu.sermas.bus.server.Shutdown;
import eu.sermas.bus.server.StartFailed;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = "Runs the bus with a configuration, for production.",
        footer = {
            "  sermas-bus serve --config bus.yaml",
            "  sermas-bus serve --data-dir /var/lib/sermas-bus --mqtt-port 1883",
            "  sermas-bus serve --open     # a plain broker without credentials, on this machine only"
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ServeCommand implements Callable<Integer> {

    @Mixin private ConfigurationOptions options = new ConfigurationOptions();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    ServeCommand() {}

    @Override
    public Integer call() throws InvalidConfiguration, StartFailed, InterruptedException {
        Configuration configuration = options.load();
        PrintWriter err = spec.commandLine().getErr();
        configuration.warnings().forEach(err::println);
        Shutdown.runUntilSignal(
                () -> Bus.start(configuration, Bus.Storage.DISK, System.err),
                bus -> bus.reloadFrom(options::load));
        return 0;
    }
}
