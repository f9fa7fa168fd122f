package eu.sermas.bus.identity;

import eu.sermas.bus.access.Claims;
import eu.sermas.bus.access.Credential;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.CertificateSettings.Part;
import eu.sermas.bus.identity.oidc.ExternalIdentity;
import eu.sermas.bus.identity.oidc.IssuerSettings.KnownClient;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import eu.sermas.bus.packet.Printable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/// Takes the certificate of a TLS handshake for who a client is, where it shows no token. That it
/// is of a trusted authority and that the client has its key, the handshake has proved.
///
/// A token that is shown is checked as ever, whatever the certificate says; it may have to be of
/// the client that the certificate names as well. Never blocks; safe for use by many threads.
@SuppressWarnings("JavaUtilDate") // that is what certificates have
public final class CertificateAuthenticator implements Authenticator {

    /// What they are called where an issuer has its name; no issuer may be called so.
    static final String ISSUER = "certificate";

    private static final int ALTERNATIVE_EMAIL = 1;
    private static final int ALTERNATIVE_DNS = 2;
    private static final int ALTERNATIVE_URI = 6;
    private static final int LONGEST_NAME = 255;

    private final Authenticator tokens;
    private final CertificateSettings settings;
    private final ExternalPrincipals principals;
    private final Revocations revocations;
    private final InstantSource clock;

    CertificateAuthenticator(
            Authenticator tokens,
            CertificateSettings settings,
            ExternalPrincipals principals,
            Revocations revocations,
            InstantSource clock) {
        this.tokens = tokens;
        this.settings = settings;
        this.principals = principals;
        this.revocations = revocations;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password) {
        return tokens.authenticate(userName, password);
    }

    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName, byte @Nullable [] password, String clientId) {
        return tokens.authenticate(userName, password, clientId);
    }

    @Override
    public CompletionStage<Login> authenticate(
            @Nullable String userName,
            byte @Nullable [] password,
            String clientId,
            List<X509Certificate> chain) {
        boolean withoutToken = userName == null || userName.isEmpty();
        if (chain.isEmpty() || (!withoutToken && !settings.match())) {
            return tokens.authenticate(userName, password, clientId);
        }
        try {
            Login ofCertificate = login(chain);
            return withoutToken
                    ? CompletableFuture.completedFuture(ofCertificate)
                    : tokens.authenticate(userName, password, clientId)
                            .thenCompose(login -> matching(login, ofCertificate));
        } catch (LoginRefused refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private static CompletionStage<Login> matching(Login token, Login certificate) {
        Credential shown = token.credential();
        Credential demanded = certificate.credential();
        return shown.clientId().equals(demanded.clientId())
                        && shown.appIds().equals(demanded.appIds())
                ? CompletableFuture.completedFuture(token)
                : CompletableFuture.failedFuture(
                        new LoginRefused(
                                "token: of another client than the certificate (expected: "
                                        + demanded.clientId()
                                        + " of app "
                                        + String.join(", ", demanded.appIds())
                                        + ")"));
    }

    private Login login(List<X509Certificate> chain) throws LoginRefused {
        X509Certificate own = chain.getFirst();
        long expiresAt = Long.MAX_VALUE;
        for (X509Certificate one : chain) {
            expiresAt = Math.min(expiresAt, one.getNotAfter().getTime());
        }
        if (clock.millis() >= expiresAt) { // since the handshake
            throw new LoginRefused("certificate: expired at " + Instant.ofEpochMilli(expiresAt));
        }
        ExternalIdentity identity = identity(nameIn(own));
        Credential credential =
                principals.credential(
                        identity,
                        fingerprint(own),
                        own.getNotBefore().toInstant().getEpochSecond());
        if (credential.appIds().isEmpty()) {
            throw new LoginRefused("certificate: of nobody who is known here");
        }
        String revoked = revocations.refusalOf(credential);
        if (revoked != null) {
            throw new LoginRefused(revoked.replaceFirst("^token", "certificate"));
        }
        Principals.Present present = principals.seen(identity);
        return new Login(present.principal(), present.rights(), expiresAt, credential)
                .boundTo(() -> Claims.NONE);
    }

    private ExternalIdentity identity(String name) {
        Trust trust = settings.trust();
        KnownClient known = trust.clients().get(name);
        String app = known == null ? null : known.app();
        Set<String> grants = new LinkedHashSet<>(trust.permissions());
        if (known != null) {
            grants.addAll(known.permissions());
        }
        return new ExternalIdentity(
                ISSUER,
                true,
                name,
                name,
                name,
                app == null ? Set.of() : Set.of(app),
                List.copyOf(grants),
                Set.of());
    }

    private String nameIn(X509Certificate certificate) throws LoginRefused {
        Part part = settings.name();
        List<String> found = namesIn(certificate, part);
        if (found.size() != 1) {
            throw new LoginRefused(
                    "certificate: " + found.size() + " names of kind " + part + " (expected: one)");
        }
        String name = found.getFirst();
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw new LoginRefused(
                    "certificate: a name of "
                            + name.length()
                            + " characters (expected: 1.."
                            + LONGEST_NAME
                            + ")");
        }
        if (!Printable.isPlain(name)) {
            throw new LoginRefused(
                    "certificate: a name with control characters, ends of lines or marks of"
                            + " direction (expected: none)");
        }
        return name;
    }

    private static List<String> namesIn(X509Certificate certificate, Part part)
            throws LoginRefused {
        try {
            return switch (part) {
                case CN -> commonNames(certificate);
                case DNS -> alternatives(certificate, ALTERNATIVE_DNS);
                case URI -> alternatives(certificate, ALTERNATIVE_URI);
                case EMAIL -> alternatives(certificate, ALTERNATIVE_EMAIL);
            };
        } catch (InvalidNameException | CertificateParsingException _) {
            throw new LoginRefused("certificate: its names cannot be read");
        }
    }

    private static List<String> commonNames(X509Certificate certificate)
            throws InvalidNameException {
        List<String> names = new ArrayList<>();
        for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
            if (part.getType().equalsIgnoreCase("CN")) {
                names.add(String.valueOf(part.getValue()));
            }
        }
        return names;
    }

    private static List<String> alternatives(X509Certificate certificate, int kind)
            throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        var alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) {
            for (List<?> alternative : alternatives) {
                if (alternative.get(0) instanceof Integer type && type == kind) {
                    names.add(String.valueOf(alternative.get(1)));
                }
            }
        }
        return names;
    }

    private static String fingerprint(X509Certificate certificate) throws LoginRefused {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: not available", e);
        } catch (CertificateEncodingException _) {
            throw new LoginRefused("certificate: cannot be read");
        }
    }
}
