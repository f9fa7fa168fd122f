package eu.sermas.bus.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Copying with a checksum.
final class Copy {

    private static final int BUFFER_BYTES = 128 * 1024;

    /// What was copied.
    record Result(long size, String sha256) {}

    private Copy() {}

    /// Copies all, or a little more than `limit` where there is more.
    static Result all(InputStream in, OutputStream out, long limit, Progress progress)
            throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        long size = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            digest.update(buffer, 0, count);
            size += count;
            progress.add(count);
            if (size > limit) {
                break;
            }
        }
        return new Result(size, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
