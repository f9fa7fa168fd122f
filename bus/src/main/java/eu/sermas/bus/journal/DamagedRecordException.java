package eu.sermas.bus.journal;

/// A record does not have the form that this version writes. The message says where.
public final class DamagedRecordException extends RuntimeException {

    public DamagedRecordException(String message) {
        super(message);
    }

    DamagedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
