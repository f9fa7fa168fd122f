package eu.sermas.bus.cli;

/// Ends a command with exit code 1; the message is the one line that its user sees.
final class CommandFailed extends Exception {

    private static final long serialVersionUID = 1L;

    CommandFailed(String message) {
        super(message, null, false, false);
    }
}
