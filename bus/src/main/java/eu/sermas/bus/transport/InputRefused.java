package eu.sermas.bus.transport;

/// A packet is not gathered, for there is no room for it. Without a stack trace: the cause is
/// outside.
final class InputRefused extends Exception {

    InputRefused(String message) {
        super(message, null, false, false);
    }
}
