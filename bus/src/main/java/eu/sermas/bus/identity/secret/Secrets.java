package eu.sermas.bus.identity.secret;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Makes, hashes and checks secrets and passwords.
///
/// At rest they are Argon2id with 12 MiB, 3 passes and 1 lane, about 40 ms. So many bytes of memory
/// are what makes guessing dear, and what makes an attack of logins dear for us; therefore no more
/// hashes are worked out at a time than there are processors.
///
/// A service that renews its token every other minute should not cost a hash each time: a secret
/// that has matched is remembered for some minutes by its fingerprint under a key that lives as
/// long as the process. It is remembered together with the hash that it matched, so a changed
/// secret is forgotten at once. Whatever is not remembered costs one hash, whether or not the
/// client or user exists, so that the time of an answer tells nothing.
public final class Secrets {

    /// More is not hashed.
    public static final int MAX_LENGTH = 1_024;

    private static final int MEMORY_KIB = 12 * 1_024;
    private static final int PASSES = 3;
    private static final int LANES = 1;
    private static final int HASH_BYTES = 32;
    private static final int SALT_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final int REMEMBERED = 10_000;
    private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

    private final int memoryKib;
    private final int passes;

    /// What a secret is compared with where there is nothing to compare it with: the form of a hash
    /// with nothing behind it.
    private final String decoy;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec processKey = new SecretKeySpec(bytes(32), "HmacSHA256");
    private final Semaphore places = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Cache<String, Fingerprint> accepted =
            Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();

    public Secrets() {
        this(MEMORY_KIB, PASSES);
    }

    public Secrets(int memoryKib, int passes) {
        this.memoryKib = memoryKib;
        this.passes = passes;
        decoy =
                "$argon2id$v=19$m="
                        + memoryKib
                        + ",t="
                        + passes
                        + ",p="
                        + LANES
                        + "$"
                        + base64(bytes(SALT_BYTES))
                        + "$"
                        + base64(bytes(HASH_BYTES));
    }

    /// For what is thrown away: its hashes are no obstacle to anybody.
    public static Secrets quick() {
        return new Secrets(64, 1);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }

    /// A text of 256 random bits.
    public String newSecret() {
        return encode(bytes(SECRET_BYTES));
    }

    public byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public Secret.Hashed hash(String secret) {
        byte[] salt = bytes(SALT_BYTES);
        places.acquireUninterruptibly();
        try {
            return new Secret.Hashed(argon2().hash(utf8(secret), salt).getResult());
        } finally {
            places.release();
        }
    }

    public Secret.Configured configured(String secret) {
        return new Secret.Configured(fingerprint(secret));
    }

    /// Whether this is known to be right without working out a hash.
    public boolean isKnown(String presented, Secret expected) {
        return switch (expected) {
            case Secret.None _ -> false;
            case Secret.Configured(Fingerprint right) -> right.equals(fingerprint(presented));
            case Secret.Hashed(String hash) -> {
                Fingerprint right = accepted.getIfPresent(hash);
                yield right != null && right.equals(fingerprint(presented));
            }
        };
    }

    /// Costs one hash, whatever the answer is, unless the secret is known.
    public boolean matches(String presented, Secret expected) {
        if (presented.length() > MAX_LENGTH) {
            return false;
        }
        if (isKnown(presented, expected)) {
            return true;
        }
        String hash = expected instanceof Secret.Hashed(String stored) ? stored : decoy;
        boolean matches = check(presented, hash) && expected instanceof Secret.Hashed;
        if (matches) {
            accepted.put(hash, fingerprint(presented));
        }
        return matches;
    }

    private boolean check(String presented, String hash) {
        places.acquireUninterruptibly();
        try {
            return Argon2Function.getInstanceFromHash(hash).check(utf8(presented), utf8(hash));
        } finally {
            places.release();
        }
    }

    /// The library keeps it, with a template of its memory, from the first use on.
    private Argon2Function argon2() {
        return Argon2Function.getInstance(memoryKib, passes, LANES, HASH_BYTES, Argon2.ID);
    }

    private Fingerprint fingerprint(String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(processKey);
            return new Fingerprint(mac.doFinal(utf8(secret)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256: not available", e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
