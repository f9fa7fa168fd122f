package eu.sermas.bus.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import eu.sermas.bus.identity.oidc.Algorithms;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import eu.sermas.bus.identity.oidc.IssuerSettings.Claims;
import eu.sermas.bus.identity.oidc.IssuerSettings.KeyPolicy;
import eu.sermas.bus.identity.oidc.IssuerSettings.Keys;
import eu.sermas.bus.identity.oidc.IssuerSettings.Rules;
import eu.sermas.bus.identity.oidc.IssuerSettings.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// An OpenID provider on this machine that publishes its keys and signs what it is told to.
@SuppressWarnings("JavaUtilDate") // that is what the JWT library takes
final class FakeIssuer implements AutoCloseable {

    static final String AUDIENCE = "bus";

    /// Shared, because making one takes its time.
    static final RSAKey FIRST = rsa("first");

    static final RSAKey SECOND = rsa("second");
    static final ECKey EC = ec("curve");

    /// How it answers when it is asked for its keys.
    interface Answer {
        void give(HttpExchange exchange) throws IOException;
    }

    final List<JWK> published = new ArrayList<>(List.of(FIRST));
    final AtomicInteger asked = new AtomicInteger();
    final String issuer;
    private final HttpServer server;
    private volatile Answer answer = this::giveKeys;

    FakeIssuer() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/test";
        server.createContext(
                "/realms/test/.well-known/openid-configuration",
                exchange ->
                        send(
                                exchange,
                                200,
                                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}"
                                        .formatted(issuer, issuer)));
        server.createContext(
                "/realms/test/keys",
                exchange -> {
                    asked.incrementAndGet();
                    answer.give(exchange);
                });
        server.start();
    }

    static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2_048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static ECKey ec(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    void giveKeys(HttpExchange exchange) throws IOException {
        send(exchange, 200, new JWKSet(published).toString(true));
    }

    void answer(Answer other) {
        answer = other;
    }

    static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /// As `kc`, of Keycloak's kind, and trusted with every app.
    IssuerSettings settings() {
        return settings("kc", trusting(Set.of("*")));
    }

    static Trust trusting(Set<String> apps) {
        return new Trust(apps, Set.of(), Set.of(), false, List.of(), Map.of());
    }

    IssuerSettings settings(String name, Trust trust) {
        return new IssuerSettings(
                name,
                issuer,
                new Keys.Fetched(null, KeyPolicy.DEFAULT),
                new Rules(
                        Algorithms.WITH_KEYS,
                        Set.of(AUDIENCE),
                        Duration.ofSeconds(60),
                        Map.of("typ", Set.of("Bearer"))),
                Claims.KEYCLOAK,
                trust);
    }

    /// Claims of a user who came through the client `web`.
    JWTClaimsSet.Builder claims(Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(AUDIENCE)
                .subject("0b9e")
                .claim("azp", "web")
                .claim("typ", "Bearer")
                .claim("appId", List.of("myapp"))
                .claim("preferred_username", "carol")
                .jwtID("t1")
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(600)));
    }

    static String sign(JWTClaimsSet claims, RSAKey key) {
        return sign(header(JWSAlgorithm.RS256, key.getKeyID()).build(), claims, signer(key));
    }

    static JWSSigner signer(JWK key) {
        try {
            return key instanceof ECKey curve
                    ? new ECDSASigner(curve)
                    : new RSASSASigner(key.toRSAKey());
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    static JWSHeader.Builder header(JWSAlgorithm algorithm, @Nullable String keyId) {
        return new JWSHeader.Builder(algorithm).keyID(keyId);
    }

    static String sign(JWSHeader header, JWTClaimsSet claims, JWSSigner by) {
        try {
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(by);
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
