package eu.sermas.bus.identity.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What tokens are signed with, now and by an earlier key, and what of it is on disk.
class IssuerKeysTest {

    private static final Duration LONGEST = Duration.ofDays(24);

    @TempDir private Path directory;
    private Path home;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void settle() {
        home = directory.resolve("data");
    }

    private IssuerKeys open(boolean used) {
        return IssuerKeys.open(home, used, LONGEST, () -> now);
    }

    private static SignedJWT token(IssuerKeys keys) throws JOSEException {
        SignedJWT token =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID(keys.signing().keyId())
                                .build(),
                        new JWTClaimsSet.Builder().subject("x").build());
        token.sign(keys.signing().signer());
        return token;
    }

    private static boolean isGood(IssuerKeys keys, SignedJWT token) throws JOSEException {
        JWSVerifier verifier = keys.verifier(token.getHeader().getKeyID());
        return verifier != null && token.verify(verifier);
    }

    private static List<String> published(IssuerKeys keys) throws ParseException {
        return JWKSet.parse(keys.jwks()).getKeys().stream().map(JWK::getKeyID).toList();
    }

    @Test
    void theKeyFileIsItsOwnersAlone() throws IOException {
        String kid = open(false).signing().keyId();
        Path file = home.resolve(KeyFile.FILE_NAME);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(open(true).signing().keyId()).isEqualTo(kid);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(file, "{\"kty\":\"RSA\"}");
        assertThatThrownBy(() -> open(true))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(
                        "damaged (expected: a private RSA key in JSON Web Key format");
    }

    @Test
    void noNewKeyIsMadeWhereABusHasLivedUnlessSomebodyAsks() throws Exception {
        String kid = open(false).signing().keyId();
        Files.delete(home.resolve(KeyFile.FILE_NAME));
        assertThatThrownBy(() -> open(true))
                .hasMessageStartingWith(
                        "issuer key " + home.resolve(KeyFile.FILE_NAME) + ": missing")
                .hasMessageContaining(home.resolve(KeyFile.REQUEST_NAME).toString());
        Files.createFile(home.resolve(KeyFile.REQUEST_NAME));
        String next = open(true).signing().keyId();
        assertThat(next).isNotEqualTo(kid);
        assertThat(home.resolve(KeyFile.REQUEST_NAME)).doesNotExist();
        assertThat(open(true).signing().keyId()).isEqualTo(next);
    }

    /// Also after a restart; names stay.
    @Test
    void aTokenOfTheKeyBeforeIsGoodUntilTheLastOfThemHasExpired() throws Exception {
        IssuerKeys keys = open(false);
        String first = keys.signing().keyId();
        SignedJWT old = token(keys);
        now = now.plus(Duration.ofDays(100));
        List<String> told = new ArrayList<>();
        keys.report(told::add);

        assertThat(keys.rotate()).isTrue();

        String second = keys.signing().keyId();
        assertThat(told).containsExactly(second).doesNotContain(first);
        SignedJWT current = token(keys);
        IssuerKeys after = open(true);
        assertThat(after.signing().keyId()).isEqualTo(second);
        Instant end = now.plus(LONGEST).plusSeconds(60);
        for (IssuerKeys each : List.of(keys, after)) {
            assertThat(isGood(each, old)).isTrue();
            assertThat(isGood(each, current)).isTrue();
            assertThat(isGood(each, token(each))).isTrue();
            assertThat(published(each)).containsExactly(second, first);
            assertThat(each.list()).extracting(IssuerKeys.Listed::until).containsExactly(null, end);
        }
        now = end.minusMillis(1);
        assertThat(isGood(after, old)).isTrue();
        now = end;
        for (IssuerKeys each : List.of(keys, after, open(true))) {
            assertThat(isGood(each, old)).isFalse();
            assertThat(isGood(each, current)).isTrue();
            assertThat(published(each)).containsExactly(second);
        }
    }

    /// Whoever reads the file later cannot sign with a key that has been exchanged.
    @Test
    void ofARetiredKeyThePublicHalfIsKeptAlone() throws Exception {
        IssuerKeys keys = open(false);
        keys.rotate();
        List<JWK> kept = JWKSet.parse(Files.readString(home.resolve(KeyFile.FILE_NAME))).getKeys();
        assertThat(kept).extracting(JWK::isPrivate).containsExactly(true, false);
        assertThat(JWKSet.parse(keys.jwks()).getKeys())
                .allSatisfy(key -> assertThat(key.isPrivate()).isFalse())
                .extracting(JWK::getExpirationTime)
                .containsOnlyNulls();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(home.resolve(KeyFile.FILE_NAME))))
                .isEqualTo("rw-------");
    }

    @Test
    void thereIsAnEndToRotationsUntilKeysHaveExpired() throws Exception {
        IssuerKeys keys = IssuerKeys.open(null, false, LONGEST, () -> now);
        for (int i = 1; i < IssuerKeys.MOST; i++) {
            assertThat(keys.rotate()).isTrue();
        }
        String last = keys.signing().keyId();
        assertThat(keys.rotate()).isFalse();
        assertThat(keys.signing().keyId()).isEqualTo(last);
        assertThat(published(keys)).hasSize(IssuerKeys.MOST).doesNotHaveDuplicates();
        now = now.plus(LONGEST).plusSeconds(60);
        assertThat(keys.rotate()).isTrue();
        assertThat(published(keys)).hasSize(2);
    }

    /// A disk that takes nothing leaves the key that there is.
    @Test
    void aKeyThatCannotBeKeptDoesNotSign() throws Exception {
        IssuerKeys keys = open(false);
        String first = keys.signing().keyId();
        Path blocked = Files.createDirectory(home.resolve(KeyFile.FILE_NAME + ".new"));
        Files.createFile(blocked.resolve("x"));
        assertThatThrownBy(keys::rotate)
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("issuer key: cannot be written");
        assertThat(keys.signing().keyId()).isEqualTo(first);
        assertThat(open(true).signing().keyId()).isEqualTo(first);
    }

    /// The process dies between the draft and its new name: the draft is nothing yet.
    @Test
    void aDraftThatWasLeftChangesNothing() throws Exception {
        IssuerKeys keys = open(false);
        Files.writeString(home.resolve(KeyFile.FILE_NAME + ".new"), "{\"keys\":[{\"kty");
        IssuerKeys after = open(true);
        assertThat(after.signing().keyId()).isEqualTo(keys.signing().keyId());
        assertThat(after.rotate()).isTrue();
        assertThat(open(true).signing().keyId()).isEqualTo(after.signing().keyId());
    }

    @Test
    void aDamagedSetNamesItsFile() throws Exception {
        IssuerKeys keys = open(false);
        keys.rotate();
        Path file = home.resolve(KeyFile.FILE_NAME);
        String whole = Files.readString(file);
        List<JWK> both = JWKSet.parse(whole).getKeys();
        for (@Nullable String damaged :
                List.of(
                        whole.substring(0, whole.length() / 2),
                        "{\"keys\":[]}",
                        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\",\"kid\":\"x\"}]}",
                        new JWKSet(both.reversed()).toString(false),
                        new JWKSet(both).toString(true))) {
            Files.writeString(file, damaged);
            assertThatThrownBy(() -> open(true))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("issuer key " + file + ": damaged");
        }
    }
}
