package eu.sermas.bus.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginsTest {

    private static final Origins OPEN = new Origins(Set.of(), true, false);
    private static final Origins CERTIFICATES = new Origins(Set.of(), false, true);

    private static HttpHeaders headers(String host, String... origins) {
        HttpHeaders headers = new DefaultHttpHeaders().add("Host", host);
        for (String origin : origins) {
            headers.add("Origin", origin);
        }
        return headers;
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:8080, http://localhost:8080, true",
        "localhost:8080, https://localhost:8080, true",
        "LOCALHOST, http://localhost, true",
        "127.0.0.1:8080, http://127.0.0.1:8080, true",
        "[::1]:8080, http://[::1]:8080, true",
        "localhost:443, https://localhost, true",
        "localhost, http://localhost:80, true",
        "localhost:8080, http://localhost, false",
        "localhost:8080, http://localhost:8081, false",
        "localhost:8080, https://evil.example, false",
        "localhost:8080, https://localhost:8080.evil.example, false",
        "localhost:8080, https://localhost:8080@evil.example, false",
        "localhost:8080, null, false",
        "localhost:8080, '', false",
        "localhost:8080, not an origin, false",
        "evil.example:8080, http://evil.example:8080, false"
    })
    void whereNoLoginIsAskedForOnlyOwnPagesMayCome(String host, String origin, boolean may) {
        assertThat(OPEN.refusalWithoutToken(headers(host, origin), false) == null).isEqualTo(may);
    }

    @Test
    void whoIsNoBrowserMayCome() {
        assertThat(OPEN.refusalWithoutToken(headers("any"), true)).isNull();
        assertThat(CERTIFICATES.refusalWithoutToken(headers("any"), true)).isNull();
    }

    @Test
    void twoOriginsAreForeign() {
        String own = "http://localhost";
        assertThat(OPEN.refusalWithoutToken(headers("localhost", own, own), false)).isNotNull();
    }

    @Test
    void aCertificateIsALoginWhereItIsShown() {
        HttpHeaders foreign = headers("bus.example", "https://evil.example");
        HttpHeaders own = headers("bus.example", "https://bus.example");
        assertThat(CERTIFICATES.refusalWithoutToken(foreign, true)).contains("allowed-origins");
        assertThat(CERTIFICATES.refusalWithoutToken(foreign, false)).isNull();
        assertThat(CERTIFICATES.refusalWithoutToken(own, true)).isNull();
        assertThat(Origins.ANY.refusalWithoutToken(foreign, true)).isNull();
    }

    @Test
    void whoeverIsNamedMayComeAndReadAndNobodyElse() {
        Origins named = new Origins(Set.of("https://kiosk.example"), true, true);
        HttpHeaders kiosk = headers("bus.example", "https://Kiosk.example");
        HttpHeaders evil = headers("bus.example", "https://evil.example");
        assertThat(named.refusal(kiosk)).isNull();
        assertThat(named.refusalWithoutToken(kiosk, true)).isNull();
        assertThat(named.refusal(evil)).isNotNull();
        assertThat(named.refusal(headers("bus.example"))).isNull();
        HttpHeaders answer = new DefaultHttpHeaders();
        named.tell(answer, "https://kiosk.example");
        assertThat(answer.get("Access-Control-Allow-Origin")).isEqualTo("https://kiosk.example");
        assertThat(answer.get("Vary")).isEqualToIgnoringCase("origin");
        answer.clear();
        named.tell(answer, "https://evil.example");
        assertThat(answer.contains("Access-Control-Allow-Origin")).isFalse();
    }

    @Test
    void allMayBeNamed() {
        Origins all = new Origins(Set.of("*"), true, true);
        HttpHeaders evil = headers("localhost", "https://evil.example");
        assertThat(all.refusal(evil)).isNull();
        assertThat(all.refusalWithoutToken(evil, true)).isNull();
        HttpHeaders answer = new DefaultHttpHeaders();
        all.tell(answer, "https://evil.example");
        assertThat(answer.get("Access-Control-Allow-Origin")).isEqualTo("*");
    }
}
