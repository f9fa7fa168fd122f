package eu.sermas.bus.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The key that signs tokens: RSA with 2048 bits, made at first start and kept as a JSON Web Key in
/// a file that only its owner can read.
///
/// A new one ends every login and every session, so none is made where a bus has lived before: the
/// file is missing there because somebody forgot to copy it. Whoever has lost it says so, with a
/// file that asks for a new one.
final class SigningKey {

    static final String FILE_NAME = "issuer-key.json";

    /// Asks for a new key; its content does not matter, and it is gone afterwards.
    static final String REQUEST_NAME = "make-issuer-key";

    private static final int BITS = 2_048;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private SigningKey() {}

    /// @param directory where the key is kept, or null for one that lives as long as the process
    /// @param used whether there are records of an earlier start beside it
    /// @throws UncheckedIOException where there is none and there should be, or it cannot be read;
    ///   the message names the file
    static RSAKey open(@Nullable Path directory, boolean used) {
        if (directory == null) {
            return generate();
        }
        Path file = directory.resolve(FILE_NAME);
        try {
            if (Files.exists(file)) {
                Files.setPosixFilePermissions(file, OWNER_ONLY);
                return read(file);
            }
            Path request = directory.resolve(REQUEST_NAME);
            if (used && !Files.exists(request)) {
                throw new IOException(
                        "missing beside the records of an earlier start (expected: the key that"
                                + " signed the tokens which are out, from a backup; where it is"
                                + " lost, a file "
                                + request
                                + " has a new one made, and everybody has to log in again)");
            }
            Files.createDirectories(directory);
            RSAKey key = generate();
            write(key, file);
            Files.deleteIfExists(request);
            return key;
        } catch (IOException e) {
            throw new UncheckedIOException("issuer key " + file + ": " + e.getMessage(), e);
        }
    }

    private static RSAKey generate() {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("issuer key: cannot be made", e);
        }
    }

    private static RSAKey read(Path file) throws IOException {
        try {
            RSAKey key = RSAKey.parse(Files.readString(file));
            if (key.isPrivate() && key.getKeyID() != null) {
                return key;
            }
        } catch (ParseException _) {
            // said below, without the text, which may hold half a key
        }
        throw new IOException(
                "damaged (expected: a private RSA key in JSON Web Key format, from a backup)");
    }

    /// Appears whole or not at all, and survives a loss of power.
    private static void write(RSAKey key, Path file) throws IOException {
        Path draft = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(key.toJSONString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(file.resolveSibling("."))) {
            parent.force(true);
        }
    }
}
