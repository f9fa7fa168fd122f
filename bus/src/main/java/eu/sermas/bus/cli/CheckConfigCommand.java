package eu.sermas.bus.cli;

import eu.sermas.bus.cli.common.Version;
import eu.sermas.bus.config.InvalidConfiguration;
import eu.sermas.bus.config.setting.Reference;
import eu.sermas.bus.server.StartChecks;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check-config",
        description = "Checks a configuration and shows the values in force; secrets are masked.",
        footer = {"  sermas-bus check-config --config bus.yaml"},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CheckConfigCommand implements Callable<Integer> {

    @Mixin private ConfigurationOptions options = new ConfigurationOptions();

    @Option(names = "--keys", description = "Lists every key with its range and default instead.")
    private boolean keys;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the field
    CheckConfigCommand() {}

    @Override
    public Integer call() throws InvalidConfiguration {
        PrintWriter out = spec.commandLine().getOut();
        if (keys) {
            out.print(Reference.markdown());
        } else {
            var configuration = options.load();
            configuration.warnings().forEach(spec.commandLine().getErr()::println);
            StartChecks.warnings(configuration).forEach(spec.commandLine().getErr()::println);
            configuration.effective().forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
