package eu.sermas.bus.cli;

import eu.sermas.bus.config.Configuration;
import eu.sermas.bus.config.InvalidConfiguration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "serve",
        description = "Runs the bus with a configuration, for production.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ServeCommand implements Callable<Integer> {

    @Mixin private ConfigurationOptions options = new ConfigurationOptions();

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    ServeCommand() {}

    @Override
    public Integer call() throws InvalidConfiguration, CommandFailed {
        Configuration configuration = options.load();
        configuration.warnings().forEach(spec.commandLine().getErr()::println);
        throw new CommandFailed("serve: to come");
    }
}
