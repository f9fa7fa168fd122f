package eu.sermas.bus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "pub", mixinStandardHelpOptions = true, versionProvider = Version.class)
final class PubCommand implements Callable<Integer> {

    @Override
    public Integer call() throws CommandFailed {
        throw new CommandFailed("pub: to come");
    }
}
