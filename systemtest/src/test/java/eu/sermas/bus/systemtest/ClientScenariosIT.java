package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import eu.sermas.bus.systemtest.client.ClientKind;
import eu.sermas.bus.systemtest.client.Login;
import eu.sermas.bus.systemtest.client.Message;
import eu.sermas.bus.systemtest.client.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The same scenarios with every client library, version and transport.
///
/// Each test has two clients of one app, the one under test and a plain observer, and topics of its
/// own, so that all of them can share one bus.
@ParameterizedClass
@EnumSource(ClientKind.class)
@ExtendWith(SharedBus.class)
class ClientScenariosIT {

    private static final int NOT_AUTHORIZED = 0x87;
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static @Nullable Tenant sharedTenant;

    private final BusProcess bus;
    private final Tenant tenant;
    private final Wire wire;
    private final int number = NUMBER.incrementAndGet();
    private final List<TestClient> clients = new ArrayList<>();

    @Parameter ClientKind kind = ClientKind.HIVEMQ_5_TCP;

    ClientScenariosIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = tenant(bus, admin);
        this.wire = new Wire(bus.port());
    }

    private static Tenant tenant(BusProcess bus, Rest admin) {
        if (sharedTenant == null) {
            sharedTenant =
                    Tenant.create(bus, admin, "scenarios")
                            .client("kiosk", "ui", "dialogue.messages")
                            .client("observer", "ui");
        }
        return sharedTenant;
    }

    @AfterEach
    void closeClients() {
        clients.forEach(TestClient::close);
        wire.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void deliversAtEachQos(int qos) throws Exception {
        var client = connected(login("c"));
        assertThat(client.subscribe(qos, topic("a"))).containsExactly(qos);

        assertThat(client.publish(Message.of(topic("a"), "größer als α", qos))).isZero();

        assertThat(client.inbox().next())
                .usingRecursiveComparison()
                .isEqualTo(Message.of(topic("a"), "größer als α", qos));
    }

    @Test
    void deliversAtTheLowerOfTheTwoQos() throws Exception {
        var client = connected(login("c"));
        client.subscribe(1, topic("a"));

        client.publish(Message.of(topic("a"), "2 becomes 1", 2));
        client.publish(Message.of(topic("a"), "0 stays 0", 0));

        assertThat(client.inbox().next(2)).extracting(Message::qos).containsExactly(1, 0);
    }

    @Test
    void keepsTheLastRetainedMessageUntilItIsCleared() throws Exception {
        var client = connected(login("c"));
        client.publish(Message.of(topic("r"), "first", 1).retained());
        client.publish(Message.of(topic("r"), "second", 1).retained());

        client.subscribe(1, topic("#"));
        assertThat(client.inbox().next())
                .returns("second", Message::text)
                .returns(true, Message::retain);

        client.publish(Message.of(topic("r"), "", 1).retained());
        assertThat(client.inbox().next()).returns("", Message::text);
        client.unsubscribe(topic("#"));
        client.subscribe(1, topic("#"));
        client.publish(Message.of(topic("end"), "end", 1));
        assertThat(client.inbox().next()).returns("end", Message::text);
    }

    @Test
    void publishesTheWillWhenTheLineIsCutAndOnlyThen() throws Exception {
        var observer = observer(topic("+"));
        var polite = connected(login("c").withWill(Message.of(topic("will"), "not this", 1)));
        polite.disconnect();
        connected(login("c").withWill(Message.of(topic("will"), "gone", 1)));

        wire.cut();

        assertThat(observer.inbox().next()).returns("gone", Message::text);
    }

    @Test
    void resumesASessionWithWhatItMissed() throws Exception {
        var client = connected(login("c").persistent());
        client.subscribe(1, topic("a"));
        wire.cut();
        await().until(() -> !client.isConnected());
        var observer = observer();
        for (var text : List.of("one", "two", "three")) {
            observer.publish(Message.of(topic("a"), text, 1));
        }

        var again = create();
        assertThat(again.connect(login("c").persistent())).as("session present").isTrue();

        assertThat(again.inbox().next(3))
                .extracting(Message::text)
                .containsExactly("one", "two", "three");
        again.disconnect();
        assertThat(create().connect(login("c"))).as("session present after clean").isFalse();
    }

    @Test
    void refusesAFilterAndGrantsItsNeighbours() throws Exception {
        var client = connected(login("c"));

        var codes = client.subscribe(1, topic("a"), tenant.topic("robotics/status"), topic("b"));

        assertThat(codes).containsExactly(1, kind.isVersion5() ? NOT_AUTHORIZED : 0x80, 1);
        client.publish(Message.of(topic("b"), "still here", 1));
        assertThat(client.inbox().next()).returns("still here", Message::text);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesAPublishAndKeepsTheConnection(int qos) throws Exception {
        var client = connected(login("c"));
        client.subscribe(1, topic("a"));

        var code = client.publish(Message.of(tenant.topic("robotics/status"), "no", qos));

        assertThat(code).isEqualTo(kind.isVersion5() ? NOT_AUTHORIZED : 0);
        assumeFalse(qos == 2 && kind.givesUpAtARefusedPubRec());
        assertThat(client.isConnected()).isTrue();
        client.publish(Message.of(topic("a"), "still here", qos));
        assertThat(client.inbox().next()).returns("still here", Message::text);
    }

    @Test
    void handsAClientIdToTheNewerConnection() throws Exception {
        var older = connected(login("c"));

        var newer = connected(login("c"));

        await().until(() -> !older.isConnected());
        newer.subscribe(0, topic("a"));
        newer.publish(Message.of(topic("a"), "mine", 0));
        assertThat(newer.inbox().next()).returns("mine", Message::text);
    }

    @Test
    void carriesAMegabyte() throws Exception {
        var payload = new byte[1024 * 1024];
        new Random(number).nextBytes(payload);
        var client = connected(login("c"));
        client.subscribe(1, topic("a"));

        client.publish(new Message(topic("a"), payload, 1, false));

        assertThat(client.inbox().next().payload()).isEqualTo(payload);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void keepsTheOrderOfAPublisher(int qos) throws Exception {
        var observer = observer(topic("a"));
        var client = connected(login("c"));
        var texts = IntStream.range(0, 50).mapToObj(Integer::toString).toList();

        texts.forEach(text -> client.publish(Message.of(topic("a"), text, qos)));

        assertThat(observer.inbox().next(texts.size()))
                .extracting(Message::text)
                .containsExactlyElementsOf(texts);
    }

    @Test
    void sendsOneCopyAtTheHighestQosOfOverlappingFilters() throws Exception {
        var client = connected(login("c"));
        client.subscribe(0, topic("#"));
        client.subscribe(2, topic("a/+"));
        client.subscribe(1, topic("a/b"));

        client.publish(Message.of(topic("a/b"), "once", 2));
        client.publish(Message.of(topic("end"), "end", 0));

        assertThat(client.inbox().next(2)).extracting(Message::text).containsExactly("once", "end");
        assertThat(client.inbox().drain()).isEmpty();
    }

    @Test
    void sendsNothingAfterUnsubscribe() throws Exception {
        var client = connected(login("c"));
        client.subscribe(1, topic("a"));
        client.subscribe(1, topic("b"));

        client.unsubscribe(topic("a"));
        client.publish(Message.of(topic("a"), "no", 1));
        client.publish(Message.of(topic("b"), "yes", 1));

        assertThat(client.inbox().next()).returns("yes", Message::text);
    }

    @Test
    void sharesMessagesAmongTheMembersOfAGroup() throws Exception {
        var one = connected(login("one"));
        var two = connected(login("two"));
        for (var member : List.of(one, two)) {
            assertThat(member.subscribe(1, "$share/group" + number + "/" + topic("+")))
                    .containsExactly(1);
        }
        var observer = observer();
        var sent = IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        sent.forEach(text -> observer.publish(Message.of(topic("a"), text, 1)));

        var received = new ArrayList<>(one.inbox().next(5));
        received.addAll(two.inbox().next(5));
        assertThat(received).extracting(Message::text).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void renewsItsTokenWithoutANewConnection() throws Exception {
        var client = connected(login("c"));
        assertThat(client.subscribe(0, "$session/#")).containsExactly(0);

        assertThat(client.publish(Message.of("$session/token", tenant.token("kiosk"), 1))).isZero();
        assertThat(client.inbox().next().topic()).isEqualTo("$session/token/renewed");

        client.publish(Message.of("$session/token", tenant.token("observer"), 1));
        assertThat(client.inbox().next().topic()).isEqualTo("$session/token/refused");
        assertThat(client.isConnected()).isTrue();
    }

    @Test
    void refusesAWrongToken() {
        var client = create();

        assertThatExceptionOfType(TestClient.Refused.class)
                .isThrownBy(() -> client.connect(login("c").withToken("abc" + number)))
                .returns(kind.isVersion5() ? 0x87 : 5, TestClient.Refused::code);
    }

    private TestClient create() {
        var client = kind.create();
        clients.add(client);
        return client;
    }

    private TestClient connected(Login login) throws Exception {
        var client = create();
        client.connect(login);
        return client;
    }

    /// A client of another identity that does not depend on the wire.
    private TestClient observer(String... filters) throws Exception {
        var observer = ClientKind.HIVEMQ_5_TCP.create();
        clients.add(observer);
        observer.connect(
                new Login(bus.uri("tcp", ""), "observer" + number, tenant.token("observer")));
        if (filters.length > 0) {
            observer.subscribe(2, filters);
        }
        return observer;
    }

    private Login login(String clientId) {
        return new Login(
                wire.uri(kind.scheme(), kind.path()), clientId + number, tenant.token("kiosk"));
    }

    private String topic(String end) {
        return tenant.topic("ui/content/" + number + "/" + end);
    }
}
