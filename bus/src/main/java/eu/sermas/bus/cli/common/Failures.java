package eu.sermas.bus.cli.common;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// What went wrong with files and connections, in one line.
public final class Failures {

    private Failures() {}

    public static String line(Exception e) {
        String message = String.valueOf(e.getMessage());
        return switch (e) {
            // Java gives the name alone.
            case AccessDeniedException _ -> message + ": permission denied";
            case NoSuchFileException _ when !message.contains(": ") ->
                    message + ": no such file or directory";
            // The HTTP client of the JDK gives nothing.
            case ConnectException _ when e.getMessage() == null -> "no connection";
            case UnknownHostException _ -> message + ": no such host";
            case UnresolvedAddressException _ -> "no such host";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : message;
        };
    }
}
