package eu.sermas.bus.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "sub", mixinStandardHelpOptions = true, versionProvider = Version.class)
final class SubCommand implements Callable<Integer> {

    @Override
    public Integer call() throws CommandFailed {
        throw new CommandFailed("sub: to come");
    }
}
