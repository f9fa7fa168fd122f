package eu.sermas.bus.identity;

import static eu.sermas.bus.identity.FakeIssuer.FIRST;
import static eu.sermas.bus.identity.FakeIssuer.SECOND;
import static eu.sermas.bus.identity.FakeIssuer.header;
import static eu.sermas.bus.identity.FakeIssuer.sign;
import static eu.sermas.bus.identity.FakeIssuer.signer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import eu.sermas.bus.identity.oidc.IssuerSettings;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The keys of other issuers: when they are fetched, and how long they count.
@SuppressWarnings("JavaUtilDate") // that is what the JWT library takes
class ExternalKeysTest extends ExternalTokensFixture {

    @Test
    void aNewKeyIsFetchedWhenATokenNamesIt() {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        issuer.published.add(SECOND);
        here.pass(AFTER_THE_PAUSE);
        login(here, sign(claims().build(), SECOND));
        assertThat(issuer.asked).hasValue(2);
    }

    @Test
    void aStreamOfUnknownKeysCausesOneFetchInEachPause() {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        here.pass(AFTER_THE_PAUSE);
        for (int i = 0; i < 20; i++) {
            String token =
                    sign(
                            header(JWSAlgorithm.RS256, "made-up-" + i).build(),
                            claims().build(),
                            signer(SECOND));
            assertThat(here.refusalOf(token, EMPTY)).isNotNull();
        }
        assertThat(issuer.asked).hasValue(2);
        assertThatThrownBy(() -> login(here, sign(claims().build(), SECOND)))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        LoginRefused.class, refused -> assertThat(refused.isForNow()).isTrue())
                .hasMessage("token: its key is not yet known, try again");
    }

    @Test
    void theLastKeysCountWhileTheIssuerIsDownButNotForEver() {
        Bench here = bench();
        String token = sign(claims().expirationTime(inAYear(here)).build(), FIRST);
        login(here, token);
        issuer.answer(exchange -> FakeIssuer.send(exchange, 503, "down"));
        here.pass(Duration.ofHours(23));
        login(here, token);
        assertThat(here.refusalOf(sign(claims().build(), SECOND), EMPTY))
                .isEqualTo("token: its key is not yet known, try again");
        login(here, sign(claims().build(), FIRST));
        here.pass(Duration.ofHours(2));
        assertThat(here.refusalOf(token, EMPTY))
                .isEqualTo("token: its key is not yet known, try again");
        issuer.answer(issuer::giveKeys);
        here.pass(AFTER_THE_PAUSE);
        login(here, token);
    }

    private static Date inAYear(Bench here) {
        return Date.from(here.instant().plus(Duration.ofDays(365)));
    }

    @Test
    void aKeyThatIsWithdrawnCountsNoMoreEvenForTokensThatWereAccepted() {
        Bench here = bench();
        String token = sign(claims().build(), FIRST);
        login(here, token);
        issuer.published.clear();
        issuer.published.add(SECOND);
        here.pass(AFTER_THE_PAUSE);
        login(here, sign(claims().build(), SECOND));
        here.pass(AFTER_THE_PAUSE);
        assertRefused(here, token, UNKNOWN);
    }

    @Test
    void whatIsNoKeySetIsNotTakenForOne() {
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        for (FakeIssuer.Answer answer :
                List.<FakeIssuer.Answer>of(
                        exchange -> FakeIssuer.send(exchange, 200, "<html>"),
                        exchange -> FakeIssuer.send(exchange, 200, "{\"keys\":[]}"),
                        exchange -> FakeIssuer.send(exchange, 200, "[".repeat(100_000)),
                        exchange ->
                                FakeIssuer.send(
                                        exchange, 200, "{\"keys\":" + " ".repeat(300_000) + "[]}"),
                        exchange -> {
                            exchange.getResponseHeaders().set("Location", issuer.issuer + "/keys");
                            FakeIssuer.send(exchange, 302, "");
                        })) {
            issuer.answer(answer);
            here.pass(AFTER_THE_PAUSE);
            int before = issuer.asked.get();
            assertThat(here.refusalOf(sign(claims().build(), SECOND), EMPTY))
                    .isEqualTo("token: its key is not yet known, try again");
            assertThat(issuer.asked).hasValue(before + 1);
            login(here, sign(claims().build(), FIRST));
        }
    }

    /// Providers publish keys for others too, and of kinds that are newer than this bus.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "7",
                "{}",
                "{'kty':'RSA','kid':'x','n':'AQAB','e':'AQAB','x5c':['no certificate']}",
                "{'kty':'EC','kid':'x','crv':'P-1024','x':'AQ','y':'AQ'}",
                "{'kty':'AKP','kid':'x','alg':'ML-DSA-44','pub':'AQ'}",
                "{'kty':7}"
            })
    void aKeyThatCannotBeReadTakesNoOtherWithIt(String odd) {
        issuer.answer(
                exchange ->
                        FakeIssuer.send(
                                exchange,
                                200,
                                "{\"keys\":[%s,%s]}"
                                        .formatted(
                                                odd.replace('\'', '"'),
                                                FIRST.toPublicJWK().toJSONString())));
        Bench here = bench();
        login(here, sign(claims().build(), FIRST));
        assertThat(here.metrics.scrape())
                .contains("sermas_bus_issuer_keys_unreadable_total{issuer=\"kc\"} 1.0");
    }

    @Test
    void anIssuerThatIsDownAtTheStartHoldsUpNobodyElse() {
        issuer.answer(exchange -> FakeIssuer.send(exchange, 503, "down"));
        Bench here = bench();
        assertThat(here.refusalOf(here.token("myapp", "c1").accessToken(), EMPTY)).isNull();
        Awaitility.await().until(() -> issuer.asked.get() > 0);
        Awaitility.await()
                .until(
                        () ->
                                "token: its key is not yet known, try again"
                                        .equals(
                                                here.refusalOf(
                                                        sign(claims().build(), FIRST), EMPTY)));
    }

    @Test
    void aSecretOrAKeyThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> new IssuerSettings.Keys.Shared("short"))
                .hasMessage("shared-secret: '5 characters' (expected: at least 32)");
        Consumer<String> named = name -> issuer.settings(name, FakeIssuer.trusting(Set.of("*")));
        assertThatThrownBy(() -> named.accept("a/b")).hasMessageStartingWith("name: 'a/b'");
    }
}
