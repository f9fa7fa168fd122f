package eu.sermas.bus.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.LocalClient;
import eu.sermas.bus.broker.Quotas;
import eu.sermas.bus.broker.Quotas.Quota;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.http.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Quotas and payload checks hold over HTTP too, and an explanation tells of them.
@Timeout(60)
class LimitsOverHttpTest {

    private static final String EXPLAIN = "/api/access/explain";
    private static final Login ROBOT =
            new Login(
                    new Principal(
                            Principal.Kind.CLIENT,
                            "client:alpha/robot",
                            Set.of("alpha"),
                            "robot",
                            null,
                            "robot",
                            Set.of()),
                    AccessRights.open(),
                    Long.MAX_VALUE,
                    "");

    @AutoClose private Platform platform;

    @BeforeEach
    void start() throws Exception {
        platform = new Platform();
    }

    private void limit(Quota ofAlpha) {
        platform.broker.limitApps(new Quotas(Quota.NONE, Map.of("alpha", ofAlpha)));
    }

    private static Quota quota(long connections, long messages) {
        return new Quota(connections, messages, Quota.UNLIMITED, Quota.UNLIMITED, Quota.UNLIMITED);
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return Json.MAPPER.readTree(answer.body());
    }

    private JsonNode explain(String payload) throws Exception {
        String question = "{'action':'publish','topic':'app/alpha/ui/content'" + payload + "}";
        return json(platform.as("full", "POST", EXPLAIN, question));
    }

    @ParameterizedTest
    @CsvSource({"POST, ui/content", "POST, ui/content?timeout=1", "GET, ui/content"})
    void aSpentQuotaOfConnectionsIsToldAndCountsForAll(String method, String path)
            throws Exception {
        limit(quota(1, Quota.UNLIMITED));
        LocalClient robot =
                platform.broker
                        .connectLocally("robot", ROBOT, LocalClient.DEAF)
                        .toCompletableFuture()
                        .join();

        HttpResponse<String> refused =
                platform.as("full", method, "/api/events/app/alpha/" + path, "");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
        assertThat(json(refused))
                .isEqualTo(
                        Json.MAPPER.readTree(
                                """
                                {"message":"quota of app alpha: 1 connections",
                                 "error":"Too Many Requests","statusCode":429}
                                """));
        assertThat(explain("").at("/quota").toString())
                .isEqualTo("[{\"quota\":\"connections\",\"limit\":1,\"used\":1,\"spent\":true}]");
        robot.close();
        assertThat(
                        platform.as("full", "POST", "/api/events/app/alpha/ui/content", "x")
                                .statusCode())
                .isEqualTo(201);
    }

    @Test
    void aSpentQuotaOfMessagesIsTheExplanation() throws Exception {
        limit(quota(Quota.UNLIMITED, 1));
        assertThat(explain("").get("allowed").asBoolean()).isTrue();
        for (int i = 0; i < 3; i++) {
            platform.as("full", "POST", "/api/events/app/alpha/ui/content?qos=0", "x");
        }
        JsonNode spent = explain("");
        assertThat(spent.get("allowed").asBoolean()).isFalse();
        assertThat(spent.get("rule").asText()).isEqualTo("limit");
        assertThat(spent.get("reason").asText()).isEqualTo("quota: messages-per-second 1");
    }

    @Test
    void aPayloadThatWouldNotPassIsTheExplanation() throws Exception {
        assertThat(explain(",'payload':'x'").has("payload")).isFalse();
        check(PayloadCheck.Mode.REJECT);
        assertThat(explain("").get("payload").toString()).isEqualTo("{\"check\":\"reject\"}");
        JsonNode bad = explain(",'payload':{'appId':7}");
        assertThat(bad.get("allowed").asBoolean()).isFalse();
        assertThat(bad.get("rule").asText()).isEqualTo("payload");
        assertThat(bad.get("reason").asText())
                .isEqualTo(bad.at("/payload/violation").asText())
                .startsWith("payload at '");
        assertThat(explain(",'payload':'no JSON'").get("reason").asText())
                .startsWith("payload: not JSON");
        check(PayloadCheck.Mode.OBSERVE);
        JsonNode observed = explain(",'payload':{'appId':7}");
        assertThat(observed.get("allowed").asBoolean()).isTrue();
        assertThat(observed.at("/payload/check").asText()).isEqualTo("observe");
        assertThat(observed.at("/payload/violation").asText()).startsWith("payload at '");
    }

    private void check(PayloadCheck.Mode mode) {
        platform.broker.checkPayloads(
                PayloadChecks.of(
                        List.of(new PayloadChecks.Choice(TopicFilter.of("app/+/ui/#"), mode)),
                        LiveCatalogue.standard()));
    }
}
