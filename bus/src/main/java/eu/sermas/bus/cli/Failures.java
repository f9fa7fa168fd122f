package eu.sermas.bus.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/// What went wrong with files, in one line.
final class Failures {

    private Failures() {}

    static String line(Exception e) {
        String message = String.valueOf(e.getMessage());
        return switch (e) {
            // Java gives the name alone.
            case AccessDeniedException _ -> message + ": permission denied";
            case NoSuchFileException _ when !message.contains(": ") ->
                    message + ": no such file or directory";
            default -> message;
        };
    }
}
