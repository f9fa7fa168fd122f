package eu.sermas.bus.identity.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/// The keys that sign tokens, RSA with 2048 bits, in a file that only its owner can read. It holds
/// the one that signs as a JSON Web Key, made at first start; once that has been exchanged, a JSON
/// Web Key Set whose first key signs, and of which the others are public and say when they end
/// (`exp`).
///
/// It is one file, so that there is no moment at which a key has left one and is not in the other,
/// whoever copies them.
///
/// A new key that takes the place of all ends every login and every session, so none is made where
/// a bus has lived before: the file is missing there because somebody forgot to copy it. Whoever
/// has lost it says so, with a file that asks for a new one.
final class KeyFile {

    static final String FILE_NAME = "issuer-key.json";

    /// Asks for a new key; its content does not matter, and it is gone afterwards.
    static final String REQUEST_NAME = "make-issuer-key";

    private static final int BITS = 2_048;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private final Path file;

    KeyFile(Path directory) {
        file = directory.resolve(FILE_NAME);
    }

    /// @param used whether there are records of an earlier start beside it
    /// @return the one that signs, and behind it those that did
    /// @throws UncheckedIOException where there is none and there should be, or it cannot be read;
    ///   the message names the file
    List<RSAKey> open(boolean used, Instant now) {
        try {
            if (Files.exists(file)) {
                Files.setPosixFilePermissions(file, OWNER_ONLY);
                return read();
            }
            Path request = file.resolveSibling(REQUEST_NAME);
            if (used && !Files.exists(request)) {
                throw new IOException(
                        "missing beside the records of an earlier start (expected: the key that"
                                + " signed the tokens which are out, from a backup; where it is"
                                + " lost, a file "
                                + request
                                + " has a new one made, and everybody has to log in again)");
            }
            Files.createDirectories(file.resolveSibling("."));
            List<RSAKey> keys = List.of(generate(now));
            write(keys);
            Files.deleteIfExists(request);
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("issuer key " + file + ": " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("JavaUtilDate") // that is what the library takes
    static RSAKey generate(Instant now) {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .issueTime(Date.from(now))
                    .keyIDFromThumbprint(true)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("issuer key: cannot be made", e);
        }
    }

    private List<RSAKey> read() throws IOException {
        try {
            String text = Files.readString(file);
            List<RSAKey> keys = new ArrayList<>();
            for (JWK key : keysIn(text)) {
                keys.add(key.toRSAKey());
            }
            if (isWhole(keys)) {
                return keys;
            }
        } catch (ParseException | ClassCastException _) {
            // said below, without the text, which may hold half a key
        }
        throw new IOException(
                "damaged (expected: a private RSA key in JSON Web Key format, from a backup)");
    }

    private static List<JWK> keysIn(String text) throws ParseException {
        return text.contains("\"keys\"")
                ? JWKSet.parse(text).getKeys()
                : List.of(RSAKey.parse(text));
    }

    private static boolean isWhole(List<RSAKey> keys) {
        return !keys.isEmpty()
                && keys.stream().allMatch(key -> key.getKeyID() != null)
                && keys.getFirst().isPrivate()
                && keys.stream().skip(1).allMatch(key -> key.getExpirationTime() != null);
    }

    /// Appears whole or not at all, and survives a loss of power.
    ///
    /// @param keys the one that signs, and behind it those that did
    void write(List<RSAKey> keys) throws IOException {
        String text =
                keys.size() == 1
                        ? keys.getFirst().toJSONString()
                        : new JWKSet(List.copyOf(keys)).toString(false);
        Path draft = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(draft);
        Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
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
