package eu.sermas.bus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "dev",
        description = "Runs the bus with a demo application, on loopback and in memory.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DevCommand implements Callable<Integer> {

    @Option(names = "--port", paramLabel = "N", description = "Default 8080; 0 takes a free one.")
    private String port = "8080";

    @Override
    public Integer call() throws CommandFailed {
        throw new CommandFailed("dev on port " + port + ": to come");
    }
}
