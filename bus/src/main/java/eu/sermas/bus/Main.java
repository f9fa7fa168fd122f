package eu.sermas.bus;

import eu.sermas.bus.cli.CommandLineTool;

/// Where the process begins.
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(CommandLineTool.run(args));
    }
}
