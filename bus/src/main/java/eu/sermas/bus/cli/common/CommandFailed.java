package eu.sermas.bus.cli.common;

/// Ends a command with exit code 1; the message is the one line that its user sees.
public final class CommandFailed extends Exception {

    public static final int EXIT_CODE = 1;

    private static final long serialVersionUID = 1L;

    public CommandFailed(String message) {
        super(message, null, false, false);
    }
}
