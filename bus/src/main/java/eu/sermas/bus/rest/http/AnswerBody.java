package eu.sermas.bus.rest.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The bytes of an answer, in parts that are written one behind the other.
///
/// @param parts not to be changed any more
/// @param shared whether many answers have the same
public record AnswerBody(List<byte[]> parts, boolean shared) {

    static final int LARGEST_PART = 64 * 1_024;

    public AnswerBody {
        parts = List.copyOf(parts);
    }

    public static AnswerBody of(byte[] bytes) {
        return of(bytes, false);
    }

    public static AnswerBody of(byte[] bytes, boolean shared) {
        List<byte[]> parts = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += LARGEST_PART) {
            parts.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + LARGEST_PART)));
        }
        return new AnswerBody(parts, shared);
    }

    long length() {
        return parts.stream().mapToLong(part -> part.length).sum();
    }
}
