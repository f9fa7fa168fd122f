package eu.sermas.bus.store;

import org.jspecify.annotations.Nullable;

/// The store cannot be opened, read or written. The message is one line for the operator.
public final class StoreException extends RuntimeException {

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
