package eu.sermas.bus.identity.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The key that signs tokens, and those that did and still verify.
///
/// A rotation makes a new key, which signs from then on. The one before stays for as long as the
/// longest token that it can have signed, and its private half is gone at once. Keys have their
/// thumbprint for a name, so a name means the same key for ever.
///
/// Look-ups are in memory, from any thread.
public final class IssuerKeys {

    /// At a time, the signing one too.
    public static final int MOST = 8;

    /// A token may be signed a moment after its key has been exchanged.
    private static final Duration MARGIN = Duration.ofMinutes(1);

    /// What is signed with.
    ///
    /// @param keyId what the header of a token calls it
    public record Signing(String keyId, JWSSigner signer) {}

    /// A key as administrators see it.
    ///
    /// @param createdAt null for one that was made before that was kept
    /// @param until when it ends; null for the one that signs
    public record Listed(String keyId, @Nullable Instant createdAt, @Nullable Instant until) {}

    /// @param verifiers by the name of their key
    private record InForce(List<RSAKey> keys, Signing signing, Map<String, JWSVerifier> verifiers) {

        static InForce of(List<RSAKey> keys) {
            try {
                Map<String, JWSVerifier> verifiers = new HashMap<>();
                for (RSAKey key : keys) {
                    verifiers.put(key.getKeyID(), new RSASSAVerifier(key.toRSAPublicKey()));
                }
                RSAKey first = keys.getFirst();
                Signing signing = new Signing(first.getKeyID(), new RSASSASigner(first));
                return new InForce(List.copyOf(keys), signing, Map.copyOf(verifiers));
            } catch (JOSEException e) {
                throw new IllegalArgumentException("issuer key: cannot be used", e);
            }
        }

        @Nullable Instant endOf(String keyId) {
            for (RSAKey key : keys) {
                if (key.getKeyID().equals(keyId)) {
                    return IssuerKeys.endOf(key);
                }
            }
            return null;
        }
    }

    private final @Nullable KeyFile file;
    private final Duration longestLife;
    private final InstantSource clock;
    private final ReentrantLock rotating = new ReentrantLock();

    private volatile Consumer<String> listener = _ -> {};
    private volatile InForce inForce;

    private IssuerKeys(
            @Nullable KeyFile file, List<RSAKey> keys, Duration longestLife, InstantSource clock) {
        this.file = file;
        this.longestLife = longestLife;
        this.clock = clock;
        this.inForce = InForce.of(keys);
    }

    /// @param directory where they are kept, or null for keys that live as long as the process
    /// @param used whether there are records of an earlier start beside them
    /// @param longestLife of any token that they sign
    /// @throws java.io.UncheckedIOException where there is no key and there should be one, or the
    ///   file cannot be read; the message names the file
    public static IssuerKeys open(
            @Nullable Path directory, boolean used, Duration longestLife, InstantSource clock) {
        KeyFile file = directory == null ? null : new KeyFile(directory);
        List<RSAKey> keys =
                file == null
                        ? List.of(KeyFile.generate(clock.instant()))
                        : file.open(used, clock.instant());
        return new IssuerKeys(file, keys, longestLife, clock);
    }

    /// Who is told the name of each new key, once it signs.
    public void report(Consumer<String> to) {
        listener = to;
    }

    public Signing signing() {
        return inForce.signing();
    }

    /// Checks what a key has signed; null where there is none of that name any more.
    public @Nullable JWSVerifier verifier(@Nullable String keyId) {
        if (keyId == null) {
            return null;
        }
        InForce now = inForce;
        Instant end = now.endOf(keyId);
        return end != null && !clock.instant().isBefore(end) ? null : now.verifiers().get(keyId);
    }

    /// The public keys, as they are served.
    public String jwks() {
        return new JWKSet(present(inForce).stream().<JWK>map(IssuerKeys::published).toList())
                .toString();
    }

    /// The one that signs is the first.
    public List<Listed> list() {
        return present(inForce).stream()
                .map(key -> new Listed(key.getKeyID(), createdAt(key), endOf(key)))
                .toList();
    }

    /// Makes a new key and signs with it from now on.
    ///
    /// @return false where there are too many that still verify
    /// @throws StoreException where it cannot be kept; then the present one goes on
    public boolean rotate() {
        rotating.lock();
        try {
            List<RSAKey> present = present(inForce);
            if (present.size() >= MOST) {
                return false;
            }
            Instant now = clock.instant();
            List<RSAKey> next = new ArrayList<>();
            next.add(KeyFile.generate(now));
            next.add(retired(present.getFirst(), now.plus(longestLife).plus(MARGIN)));
            next.addAll(present.subList(1, present.size()));
            if (file != null) {
                file.write(next);
            }
            inForce = InForce.of(next);
            listener.accept(next.getFirst().getKeyID());
            return true;
        } catch (IOException e) {
            throw new StoreException("issuer key: cannot be written: " + e.getMessage(), e);
        } finally {
            rotating.unlock();
        }
    }

    private List<RSAKey> present(InForce of) {
        Instant now = clock.instant();
        return of.keys().stream()
                .filter(
                        key -> {
                            Instant end = endOf(key);
                            return end == null || now.isBefore(end);
                        })
                .toList();
    }

    @SuppressWarnings("JavaUtilDate") // that is what the library gives
    private static @Nullable Instant endOf(RSAKey key) {
        Date end = key.getExpirationTime();
        return end == null ? null : end.toInstant();
    }

    @SuppressWarnings("JavaUtilDate")
    private static @Nullable Instant createdAt(RSAKey key) {
        Date created = key.getIssueTime();
        return created == null ? null : created.toInstant();
    }

    @SuppressWarnings("JavaUtilDate")
    private static RSAKey retired(RSAKey key, Instant until) {
        return new RSAKey.Builder(key.toPublicJWK()).expirationTime(Date.from(until)).build();
    }

    /// Without what is of no interest to who verifies.
    private static RSAKey published(RSAKey key) {
        return new RSAKey.Builder(key.toPublicJWK()).expirationTime(null).issueTime(null).build();
    }
}
