package eu.sermas.bus.cli.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.cli.CommandLineTool;
import eu.sermas.bus.client.FakeBroker;
import eu.sermas.bus.client.FakeBroker.Script;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

/// `sub` against a broker that goes away.
class SubscriberTest {

    private final StringWriter err = new StringWriter();
    private final List<Connect> logins = new CopyOnWriteArrayList<>();

    @Test
    void itSubscribesAgainWhereTheSessionIsGone() throws Exception {
        Script first =
                client -> {
                    logins.add(client.accept(false));
                    subscribe(client);
                    client.publish("one", QoS.AT_LEAST_ONCE, 1);
                    client.expect(PubAck.class);
                };
        Script second =
                client -> {
                    logins.add(client.accept(false));
                    subscribe(client);
                    client.publish("two", QoS.AT_LEAST_ONCE, 1);
                    client.expect(PubAck.class);
                    client.expect(Disconnect.class);
                };
        try (FakeBroker broker = new FakeBroker(first, second)) {
            assertThat(run(broker, "sub -t a -C 2")).isZero();
            broker.expectPlayed();
        }
        assertThat(logins).extracting(Connect::cleanStart).containsExactly(true, true);
        assertThat(err.toString())
                .containsPattern("the connection was closed; next attempt in \\d\\.\\d s")
                .contains("connected again");
    }

    @Test
    void itGoesOnWithASessionThatWasKept() throws Exception {
        Script first =
                client -> {
                    logins.add(client.accept(false));
                    subscribe(client);
                    client.publish("one", QoS.AT_LEAST_ONCE, 1);
                    client.expect(PubAck.class);
                };
        Script second =
                client -> {
                    logins.add(client.accept(true));
                    client.publish("two", QoS.AT_LEAST_ONCE, 2);
                    client.expect(PubAck.class);
                    client.expect(Disconnect.class);
                };
        try (FakeBroker broker = new FakeBroker(first, second)) {
            assertThat(run(broker, "sub -t a -C 2 -i me -c -k 7")).isZero();
            broker.expectPlayed();
        }
        assertThat(logins)
                .allSatisfy(
                        login -> {
                            assertThat(login.clientId()).isEqualTo("me");
                            assertThat(login.cleanStart()).isFalse();
                            assertThat(login.keepAlive()).isEqualTo(7);
                            assertThat(
                                            login.properties()
                                                    .number(Property.SESSION_EXPIRY_INTERVAL, 0))
                                    .isEqualTo(0xFFFF_FFFFL);
                        });
        assertThat(err.toString()).contains("connected again, the session goes on");
    }

    /// With the identifier that the bus has chosen, since the session is under that.
    @Test
    void aSessionOfAChosenIdentifierIsFoundAgain() throws Exception {
        Properties chosen =
                Properties.builder().add(Property.ASSIGNED_CLIENT_IDENTIFIER, "chosen").build();
        Script first =
                client -> {
                    logins.add(client.expect(Connect.class));
                    client.send(new ConnAck(false, ReasonCode.SUCCESS, chosen));
                    subscribe(client);
                };
        Script second =
                client -> {
                    logins.add(client.accept(true));
                    client.publish("one", QoS.AT_LEAST_ONCE, 2);
                    client.expect(PubAck.class);
                    client.expect(Disconnect.class);
                };
        try (FakeBroker broker = new FakeBroker(first, second)) {
            assertThat(run(broker, "sub -t a -C 1 -x 60")).isZero();
            broker.expectPlayed();
        }
        assertThat(logins).extracting(Connect::clientId).containsExactly("", "chosen");
        assertThat(logins).extracting(Connect::cleanStart).containsExactly(true, false);
    }

    @ParameterizedTest
    @EnumSource(
            value = ReasonCode.class,
            names = {"SESSION_TAKEN_OVER", "NOT_AUTHORIZED", "ADMINISTRATIVE_ACTION"})
    void itStaysAwayWhereItWouldBeSentAwayAgain(ReasonCode reason) throws Exception {
        Script script =
                client -> {
                    client.accept(false);
                    subscribe(client);
                    client.send(new Disconnect(reason, Properties.reason("because")));
                };
        try (FakeBroker broker = new FakeBroker(script)) {
            assertThat(run(broker, "sub -t a")).isEqualTo(1);
            broker.expectPlayed();
        }
        assertThat(err.toString()).contains(", because").doesNotContain("next attempt");
    }

    @Test
    void propertiesWillAndUnsubscriptionsAreSent() throws Exception {
        Script script =
                client -> {
                    logins.add(client.accept(false));
                    Subscribe subscribe = client.expect(Subscribe.class);
                    assertThat(subscribe.properties().number(Property.SUBSCRIPTION_IDENTIFIER, 0))
                            .isEqualTo(5);
                    answer(client, subscribe);
                    Unsubscribe end = client.expect(Unsubscribe.class);
                    assertThat(end.filters()).hasToString("[old/#]");
                    client.send(
                            new UnsubAck(
                                    end.packetId(),
                                    List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED),
                                    Properties.NONE));
                    client.publish("one", QoS.AT_MOST_ONCE, 0);
                    Disconnect goodbye = client.expect(Disconnect.class);
                    assertThat(goodbye.properties().number(Property.SESSION_EXPIRY_INTERVAL, 9))
                            .isZero();
                };
        try (FakeBroker broker = new FakeBroker(script)) {
            assertThat(
                            run(
                                    broker,
                                    "sub -t a -U old/# -C 1 -x 5"
                                            + " -D connect user-property a b"
                                            + " -D subscribe subscription-identifier 5"
                                            + " -D disconnect session-expiry-interval 0"
                                            + " -D will will-delay-interval 3"
                                            + " --will-topic gone --will-payload bye"
                                            + " --will-qos 2 --will-retain"))
                    .isZero();
            broker.expectPlayed();
        }
        Connect login = logins.getFirst();
        assertThat(login.properties().userProperties())
                .hasToString("[UserProperty[name=a, value=b]]");
        assertThat(login.will()).hasToString("Will[gone, 3 bytes, EXACTLY_ONCE, retain=true]");
        assertThat(Objects.requireNonNull(login.will()).delaySeconds()).isEqualTo(3);
    }

    private static void subscribe(FakeBroker.Peer client) throws IOException {
        answer(client, client.expect(Subscribe.class));
    }

    private static void answer(FakeBroker.Peer client, Subscribe subscribe) throws IOException {
        client.send(
                new SubAck(
                        subscribe.packetId(), List.of(ReasonCode.GRANTED_QOS_1), Properties.NONE));
    }

    private int run(FakeBroker broker, String arguments) {
        CommandLine commandLine = CommandLineTool.withAll();
        commandLine.setErr(new PrintWriter(err, true));
        String url = " --url mqtt://127.0.0.1:" + broker.port();
        return commandLine.execute((arguments + url).split(" "));
    }
}
