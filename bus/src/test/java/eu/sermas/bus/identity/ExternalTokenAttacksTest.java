package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.FakeIssuer.FIRST;
import static eu.sermas.bus.identity.FakeIssuer.SECOND;
import static eu.sermas.bus.identity.FakeIssuer.header;
import static eu.sermas.bus.identity.FakeIssuer.sign;
import static eu.sermas.bus.identity.FakeIssuer.signer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is not accepted from other issuers, nor from those who pretend to be one.
@SuppressWarnings("JavaUtilDate") // that is what the JWT library takes
class ExternalTokenAttacksTest extends ExternalTokensFixture {

    @Test
    void attackAlgorithmConfusion() throws Exception {
        Bench here = bench();
        for (byte[] secret :
                new byte[][] {
                    FIRST.toRSAPublicKey().getEncoded(),
                    FIRST.toPublicJWK().toJSONString().getBytes(UTF_8)
                }) {
            String token =
                    sign(
                            header(JWSAlgorithm.HS256, "first").build(),
                            claims().build(),
                            new MACSigner(secret));
            assertRefused(here, token, "token: algorithm HS256 (expected: ES256");
        }
    }

    @Test
    void attackKeyOfAnotherType() {
        issuer.published.add(FakeIssuer.EC);
        Bench here = bench();
        login(
                here,
                sign(
                        header(JWSAlgorithm.ES256, "curve").build(),
                        claims().build(),
                        signer(FakeIssuer.EC)));
        String named =
                sign(header(JWSAlgorithm.RS256, "curve").build(), claims().build(), signer(FIRST));
        assertRefused(here, named, "token: signature does not match");
    }

    @Test
    void attackNone() {
        Bench here = bench();
        assertRefused(here, new PlainJWT(claims().build()).serialize(), "token: not a signed JSON");
    }

    @Test
    void attackKidInjection() {
        Bench here = bench();
        for (String kid :
                List.of(
                        "../../etc/passwd",
                        "' OR 1=1 --",
                        "http://127.0.0.1:1/key",
                        "first\u0000",
                        "first\r\nx: y",
                        "",
                        "k".repeat(10_000))) {
            String token =
                    sign(header(JWSAlgorithm.RS256, kid).build(), claims().build(), signer(SECOND));
            assertThat(here.refusalOf(token, EMPTY)).as(kid).startsWith("token: ");
        }
    }

    @Test
    void attackKeysThatTheTokenBringsAlong() throws Exception {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        try (FakeIssuer evil = new FakeIssuer()) {
            evil.published.clear();
            evil.published.add(SECOND);
            URI at = URI.create(evil.issuer + "/keys");
            for (JWSHeader.Builder bait :
                    List.of(
                            header(JWSAlgorithm.RS256, "first").jwk(SECOND.toPublicJWK()),
                            header(JWSAlgorithm.RS256, "first").jwkURL(at),
                            header(JWSAlgorithm.RS256, "first").x509CertURL(at),
                            header(JWSAlgorithm.RS256, "second").jwkURL(at))) {
                JWSHeader header = bait.build();
                String token = sign(header, claims().build(), signer(SECOND));
                assertThat(here.refusalOf(token, EMPTY)).as("%s", header).startsWith("token: ");
            }
            assertThat(evil.asked).hasValue(0);
        }
    }

    @Test
    void attackTimes() {
        Bench here = bench();
        Date past = Date.from(here.instant());
        Date soon = Date.from(here.instant().plusSeconds(60));
        Date later = Date.from(here.instant().plusSeconds(90));
        assertRefused(here, sign(claims().expirationTime(past).build(), FIRST), "token: expired");
        assertRefused(here, sign(claims().expirationTime(null).build(), FIRST), "token: exp");
        assertRefused(here, sign(claims().notBeforeTime(later).build(), FIRST), "token: not yet");
        assertRefused(here, sign(claims().issueTime(later).build(), FIRST), "token: issued");
        login(here, sign(claims().notBeforeTime(soon).issueTime(soon).build(), FIRST));
    }

    @Test
    void attackOtherIssuerOtherAudienceOtherUse() {
        Bench here = bench();
        assertRefused(here, sign(claims().issuer("http://x").build(), FIRST), UNKNOWN);
        assertRefused(here, sign(claims().issuer(issuer.issuer + "/").build(), FIRST), UNKNOWN);
        assertRefused(
                here,
                sign(claims().audience("account").build(), FIRST),
                "token: aud: for somebody else (expected: bus)");
        assertRefused(here, sign(claims().audience((String) null).build(), FIRST), "token: aud");
        assertRefused(
                here,
                sign(claims().claim("typ", "ID").build(), FIRST),
                "token: typ: has another value (expected: Bearer)");
        assertRefused(here, sign(claims().subject(null).build(), FIRST), "token: sub: absent");
    }

    @Test
    void attackOneIssuerSignsForAnother() {
        try (FakeIssuer second = new FakeIssuer()) {
            second.published.clear();
            second.published.add(SECOND);
            Bench here =
                    bench(
                            issuer.settings(),
                            second.settings("other", FakeIssuer.trusting(Set.of("*"))));
            Login one = login(here, sign(claims().build(), FIRST));
            Login two = login(here, sign(second.claims(here.instant()).build(), SECOND));
            assertThat(one.principal().id()).isNotEqualTo(two.principal().id());
            here.pass(AFTER_THE_PAUSE);
            assertRefused(here, sign(claims().build(), SECOND), UNKNOWN);
            here.pass(AFTER_THE_PAUSE);
            assertRefused(here, sign(second.claims(here.instant()).build(), FIRST), "token: ");
        }
    }

    @Test
    void attackOurOwnIssuerIsNotSpokenForByAnother() throws Exception {
        Bench here = bench();
        JWTClaimsSet own =
                SignedJWT.parse(here.token("myapp", "c1").accessToken()).getJWTClaimsSet();
        assertRefused(here, sign(own, FIRST), UNKNOWN);
    }

    @Test
    void aSharedSecretIsForHmacAlone() throws Exception {
        String secret = "0123456789abcdef0123456789abcdef";
        IssuerSettings shared =
                new IssuerSettings(
                        "hs",
                        "shared",
                        new IssuerSettings.Keys.Shared(secret),
                        new IssuerSettings.Rules(
                                Set.of("HS256"), Set.of("*"), Duration.ZERO, Map.of()),
                        IssuerSettings.Claims.OIDC,
                        FakeIssuer.trusting(Set.of("*")));
        Bench here = bench(shared);
        JWTClaimsSet claims = claims().issuer("shared").build();
        JWSHeader header = header(JWSAlgorithm.HS256, null).build();
        assertThat(login(here, sign(header, claims, new MACSigner(secret))).principal().id())
                .isEqualTo("external:hs/user/web/0b9e");
        assertRefused(
                here,
                sign(header, claims, new MACSigner(secret.replace('0', '1'))),
                "token: signature does not match");
        assertRefused(here, sign(claims, FIRST), "token: algorithm RS256");
        assertThat(shared.toString()).doesNotContain(secret);
    }
}
