package eu.sermas.bus.identity.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.Principal;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.identity.remote.DecisionStub.Asked;
import eu.sermas.bus.identity.remote.DecisionStub.Reply;
import eu.sermas.bus.identity.remote.RemoteSettings.Answer;
import eu.sermas.bus.identity.remote.RemoteSettings.Body;
import eu.sermas.bus.metrics.Metrics;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.time.BusClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is asked of a decision server, how often, and what its silence means.
class RemoteAuthenticatorTest {

    private static final byte[] PASSWORD = "sermas".getBytes(UTF_8);
    private static final Topic TOPIC = Topic.of("app/a/ui/content");
    private final DecisionStub stub = new DecisionStub();
    private final AtomicLong nanos = new AtomicLong();
    private final Instant now = Instant.ofEpochSecond(1_700_000_000);
    private RemoteAuthenticator remote = remote(Body.FORM, Answer.STATUS);

    RemoteAuthenticatorTest() throws IOException {
        stub.decision = RemoteAuthenticatorTest::client;
    }

    private RemoteAuthenticator remote(Body body, Answer answer) {
        return new RemoteAuthenticator(
                (_, _) -> CompletableFuture.failedFuture(new LoginRefused("not mine")),
                new RemoteSettings(
                        stub.url(),
                        body,
                        answer,
                        Duration.ofSeconds(2),
                        4,
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        1_000,
                        Duration.ofMinutes(5)),
                BusClock.of(now::toEpochMilli, now::toEpochMilli, null),
                nanos::get,
                new Metrics());
    }

    @AfterEach
    void close() {
        remote.close();
        stub.close();
    }

    private static String jwt(String claims) {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString("{\"alg\":\"RS256\"}".getBytes(UTF_8))
                + "."
                + base64.encodeToString(claims.getBytes(UTF_8))
                + ".c2ln";
    }

    /// Lets everybody in, as no superuser, and allows every topic.
    private static Reply client(Asked asked) {
        return asked.path().equals("/auth/su") ? Reply.NO : Reply.YES;
    }

    private Login login(String token, String clientId) {
        return remote.authenticate(token, PASSWORD, clientId).toCompletableFuture().join();
    }

    private static Verdict join(CompletionStage<Verdict> verdict) {
        return verdict.toCompletableFuture().join();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void asksAsGoAuthDoes() {
        AccessRights rights = login("token-1", "robot 1").rights();
        assertThat(join(rights.decidePublish(Topic.of("app/a/x&y"))).isAllowed()).isTrue();
        assertThat(join(rights.decideSubscribe(TopicFilter.of("$share/g/app/a/#"))).isAllowed())
                .isTrue();
        assertThat(stub.asked)
                .containsExactly(
                        new Asked("/auth", "token-1", ""),
                        new Asked("/auth/su", "token-1", ""),
                        new Asked(
                                "/acl", "token-1", "acc=2&clientid=robot+1&topic=app%2Fa%2Fx%26y"),
                        new Asked("/acl", "token-1", "acc=4&clientid=robot+1&topic=app%2Fa%2F%23"));
    }

    @Test
    void asksInJsonToo() {
        remote.close();
        remote = remote(Body.JSON, Answer.STATUS);
        join(login("t", "c").rights().decidePublish(TOPIC));
        assertThat(stub.asked.getLast().body())
                .isEqualTo("{\"acc\":2,\"clientid\":\"c\",\"topic\":\"app/a/ui/content\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    STATUS | 200 | x             | yes
                    STATUS | 201 |               | yes
                    STATUS | 401 |               | no
                    STATUS | 404 |               | no
                    STATUS | 302 |               | failure
                    STATUS | 429 |               | failure
                    STATUS | 500 |               | failure
                    JSON   | 200 | {"ok":true}   | yes
                    JSON   | 200 | {"ok":false}  | no
                    JSON   | 200 | {}            | no
                    JSON   | 200 | <html>        | failure
                    TEXT   | 200 | ok            | yes
                    TEXT   | 200 | wrong         | no
                    """)
    void readsTheAnswer(Answer answer, int status, String body, String expected) {
        remote.close();
        remote = remote(Body.FORM, answer);
        stub.decision =
                asked ->
                        asked.path().equals("/auth")
                                ? new Reply(status, body == null ? "" : body)
                                : Reply.NO;
        String result =
                remote.authenticate("t", PASSWORD, "c")
                        .handle(
                                (login, failure) ->
                                        login != null
                                                ? "yes"
                                                : isForNow(failure) ? "failure" : "no")
                        .toCompletableFuture()
                        .join();
        assertThat(result).isEqualTo(expected);
    }

    private static boolean isForNow(Throwable failure) {
        return failure.getCause() instanceof LoginRefused refused && refused.isForNow();
    }

    @Test
    void believesTheTokenThatWasVouchedFor() {
        Login login =
                login(
                        jwt(
                                "{\"azp\":\"a-robot\",\"sub\":\"s1\",\"appId\":[\"a\"],"
                                        + "\"exp\":1700000100,\"jti\":\"j1\"}"),
                        "c");
        assertThat(login.principal().id()).isEqualTo("remote:a-robot/s1");
        assertThat(login.principal().appIds()).containsExactly("a");
        assertThat(login.expiresAt()).isEqualTo(1_700_000_100_000L);
        assertThat(login.tokenId()).isEqualTo("j1");
        assertThat(login("opaque", "c").principal().id()).matches("remote:[0-9a-f]{64}");
    }

    @Test
    void aSuperuserIsNotAskedAboutAgain() {
        stub.decision = _ -> Reply.YES;
        Login login = login("t", "c");
        assertThat(login.rights()).isEqualTo(AccessRights.system());
        assertThat(login.principal().kind()).isEqualTo(Principal.Kind.SYSTEM);
        assertThat(stub.paths()).containsExactly("/auth", "/auth/su");
    }

    @Test
    void refusesWithoutAskingWhatCannotBeAToken() {
        List<CompletionStage<Login>> refused =
                List.of(
                        remote.authenticate(null, PASSWORD, "c"),
                        remote.authenticate("", PASSWORD, "c"),
                        remote.authenticate("t", null, "c"),
                        remote.authenticate("t\r\nX-Admin: 1", PASSWORD, "c"),
                        remote.authenticate("t".repeat(70_000), PASSWORD, "c"));
        for (CompletionStage<Login> login : refused) {
            assertThatThrownBy(() -> login.toCompletableFuture().join())
                    .hasCauseInstanceOf(LoginRefused.class);
        }
        assertThat(stub.asked).isEmpty();
    }

    @Test
    void remembersForAsLongAsItMay() {
        AccessRights rights = login("t", "c").rights();
        assertThat(rights.mayPublish(TOPIC).isUndecided()).isTrue();
        join(rights.decidePublish(TOPIC));
        assertThat(rights.mayPublish(TOPIC).isAllowed()).isTrue();
        login("t", "c");
        assertThat(stub.asked).hasSize(3);
        pass(Duration.ofSeconds(31));
        assertThat(rights.mayPublish(TOPIC).isUndecided()).isTrue();
        stub.decision = _ -> Reply.NO;
        assertThat(join(rights.decidePublish(TOPIC)).isAllowed()).isFalse();
        assertThat(rights.mayPublish(TOPIC).reason()).isEqualTo("refused by the decision server");
    }

    @Test
    void nobodyGetsTheAnswerOfAnother() {
        AccessRights first = login("t1", "c").rights();
        join(first.decidePublish(TOPIC));
        AccessRights otherToken = login("t2", "c").rights();
        AccessRights otherClient = login("t1", "d").rights();
        assertThat(otherToken.mayPublish(TOPIC).isUndecided()).isTrue();
        assertThat(otherClient.mayPublish(TOPIC).isUndecided()).isTrue();
        assertThat(first.maySubscribe(TopicFilter.of(TOPIC.name())).isUndecided()).isTrue();
        assertThat(first.mayPublish(Topic.of("app/a/ui/other")).isUndecided()).isTrue();
        assertThat(first.mayPublish(TOPIC).isAllowed()).isTrue();
    }

    @Test
    void oneQuestionForManyThatAskAtOnce() {
        AccessRights rights = login("t", "c").rights();
        stub.shut();
        List<CompletionStage<Verdict>> asked = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            asked.add(rights.decidePublish(TOPIC));
        }
        stub.open();
        asked.forEach(answer -> assertThat(join(answer).isAllowed()).isTrue());
        assertThat(stub.paths()).containsExactly("/auth", "/auth/su", "/acl");
    }

    @Test
    void theLastAnswerCountsWhileTheServerFails() {
        AccessRights rights = login("t", "c").rights();
        join(rights.decidePublish(TOPIC));
        stub.decision = _ -> Reply.BROKEN;
        pass(Duration.ofMinutes(10));
        assertThat(join(rights.decidePublish(TOPIC)).isAllowed()).isTrue();
        assertThat(rights.mayPublish(TOPIC).isAllowed()).isTrue();
        assertThat(login("t", "c").rights().mayPublish(TOPIC).isAllowed()).isTrue();
        Verdict unknown = join(rights.decidePublish(Topic.of("app/a/ui/new")));
        assertThat(unknown.reason()).isEqualTo("not decided: the decision server does not answer");
        pass(Duration.ofHours(1));
        assertThat(join(rights.decidePublish(TOPIC)).isAllowed()).isFalse();
    }

    @Test
    void aServerThatFailsIsAskedOnceASecond() {
        stub.decision = _ -> Reply.BROKEN;
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> login("t", "c")).matches(RemoteAuthenticatorTest::isForNow);
        }
        assertThat(stub.asked).hasSize(1);
        pass(Duration.ofMillis(1_001));
        stub.decision = RemoteAuthenticatorTest::client;
        assertThat(login("t", "c").rights().mayPublish(TOPIC).isUndecided()).isTrue();
    }

    @Test
    void aServerThatHangsIsGivenUp() {
        stub.shut();
        CompletionStage<Login> login = remote.authenticate("t", PASSWORD, "c");
        await().untilAsserted(() -> assertThat(login.toCompletableFuture()).isDone());
        assertThat(login.toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void whatAnExpiredTokenMightDoLastItMayStillWill() {
        AccessRights rights = login(jwt("{\"azp\":\"x\",\"exp\":1700000000}"), "c").rights();
        assertThat(join(rights.decidePublish(TOPIC)).isAllowed()).isFalse();
        assertThat(stub.paths()).containsExactly("/auth", "/auth/su");
    }
}
