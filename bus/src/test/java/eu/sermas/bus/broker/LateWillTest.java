package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.ReasonCode;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.packet.Will;
import eu.sermas.bus.simulation.SimulatedStore;
import eu.sermas.bus.store.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Wills that a later process publishes, which may not know any more what their clients may do.
class LateWillTest {

    private static final RightsWhileAway UNKNOWN = new RightsWhileAway(AccessRights.open(), false);

    private final SimulatedStore store = new SimulatedStore(new Random(1));
    private final BrokerFixture bus =
            BrokerFixture.durable(2, Limits.DEFAULT, DurabilityPolicy.DEFAULT, store);

    /// Somebody else decides, and takes their time.
    private static final class Slow extends MadeUpRights {

        private final CompletableFuture<Verdict> answer = new CompletableFuture<>();

        @Override
        public Verdict mayPublish(Topic topic) {
            return answer.getNow(Verdict.UNDECIDED);
        }

        @Override
        public CompletionStage<Verdict> decidePublish(Topic topic) {
            return answer;
        }

        @Override
        public Verdict maySubscribe(TopicFilter filter) {
            return Verdict.ALLOWED;
        }
    }

    /// Rights that nobody is certain of; each question about them is answered when the test says.
    private static final class Uncertain extends MadeUpRights {

        private final List<CompletableFuture<Verdict>> questions = new ArrayList<>();

        @Override
        public Verdict mayPublish(Topic topic) {
            return Verdict.UNDECIDED;
        }

        @Override
        public CompletionStage<Verdict> decidePublish(Topic topic) {
            questions.add(new CompletableFuture<>());
            return questions.getLast();
        }

        @Override
        public Verdict maySubscribe(TopicFilter filter) {
            return Verdict.ALLOWED;
        }

        @Override
        public boolean isCertain() {
            return false;
        }
    }

    private BrokerFixture.Peer owner(@Nullable String will, AccessRights rights) {
        Will left = will == null ? null : BrokerFixture.will("w", will, 0);
        BrokerFixture.Peer peer =
                bus.connect(
                        connectPacket(ProtocolVersion.MQTT_5, "owner", false, 3600, left),
                        login("p", rights, Long.MAX_VALUE));
        bus.loops.advance(100);
        return peer;
    }

    /// The answer about a will comes when the next connection has one of its own, of which
    /// something else was found.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVerdictBelongsToTheWillThatItWasMadeFor(boolean isGranted) {
        BrokerFixture.Peer watcher = bus.persistent("s").subscribe("w", QoS.AT_LEAST_ONCE);
        Uncertain rights = new Uncertain();
        owner("first", rights);
        if (isGranted) {
            rights.questions.getFirst().complete(Verdict.ALLOWED);
            bus.loops.advance(100);
        }
        owner("second", isGranted ? new Uncertain() : RIGHTS);
        rights.questions.getLast().complete(Verdict.ALLOWED);
        bus.loops.advance(100);
        assertThat(watcher.connection.payloads())
                .isEqualTo(isGranted ? List.of("first") : List.of());
    }

    /// Of two wills that wait for an answer, that which comes first says nothing of the other one.
    @Test
    void aWillIsKeptThoughAnEarlierOneIsSafe() {
        bus.persistent("s").subscribe("w", QoS.AT_LEAST_ONCE).drop();
        Uncertain first = new Uncertain();
        owner("first", first);
        first.questions.getFirst().complete(Verdict.ALLOWED);
        owner(null, RIGHTS);
        Uncertain later = new Uncertain();
        BrokerFixture.Peer third = owner("third", later);
        later.questions.getFirst().complete(Verdict.ALLOWED);
        bus.loops.advance(100);
        third.drop();
        bus.loops.advance(100);
        first.questions.getLast().complete(Verdict.ALLOWED);
        bus.loops.advance(100);

        bus.kill();
        bus.loops.advance(1_000);
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("first", "third");
    }

    /// A client goes, and comes back with another will before the first one is with those who get
    /// it.
    @ParameterizedTest
    @EnumSource(
            value = QoS.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void aClientIsToldThatItIsThereOnceItsOwnWillIsSafe(QoS qos) {
        int steps = 0;
        for (boolean wasTold = false; steps < 60 && !wasTold; steps++) {
            String watcher = bus.idOn(0, "watcher");
            String owner = bus.idOn(1, "owner");
            bus.persistent(watcher).subscribe("w", qos).drop();
            takeOver(owner, qos, "first" + steps);
            bus.loops.advance(100);
            BrokerFixture.Peer gone = bus.connect(owner, false, 3600, will(qos, "second" + steps));
            bus.loops.advance(100);
            gone.dropLater();
            RecordedConnection anew = takeOver(owner, qos, "third" + steps);
            for (int i = 0; i < steps && bus.loops.step(); i++) {
                // so far
            }
            wasTold = !anew.packets(ConnAck.class).isEmpty();
            bus.kill();
            bus.loops.advance(20_000);
            List<String> heard = bus.persistent(watcher).connection.payloads();
            assertThat(heard).as("killed after %d steps", steps).contains("second" + steps);
            assertThat(!wasTold || heard.contains("third" + steps)).as("%s", heard).isTrue();
            bus.connect(watcher, true, 0, null).drop();
            bus.connect(owner, true, 0, null).drop();
            bus.loops.advance(100);
        }
        assertThat(steps).isBetween(5, 59);
    }

    private static Will will(QoS qos, String payload) {
        return new Will(
                Topic.of("w"),
                payload.getBytes(StandardCharsets.UTF_8),
                qos,
                false,
                Properties.NONE);
    }

    /// The write of a will fails, the disk recovers, its session changes, and the process dies.
    @Test
    void aWillIsKeptWhereItsWriteHasFailed() {
        int steps = 0;
        for (boolean mayGoOn = true; mayGoOn; steps++) {
            String watcher = bus.idOn(0, "watcher");
            String owner = bus.idOn(1, "owner");
            bus.persistent(watcher).subscribe("w", QoS.EXACTLY_ONCE).drop();
            Will left = will(QoS.EXACTLY_ONCE, "will" + steps);
            BrokerFixture.Peer gone = bus.connect(owner, false, 3600, left);
            bus.loops.advance(100);
            store.busy(true);
            gone.drop();
            bus.loops.settle();
            store.busy(false);
            store.fail(true);
            while (store.step()) {
                // all that was handed over fails
            }
            store.fail(false);
            takeOver(owner, QoS.AT_MOST_ONCE, "another");
            for (int i = 0; i < steps && mayGoOn; i++) {
                mayGoOn = bus.loops.step();
            }
            bus.kill();
            bus.loops.advance(20_000);
            assertThat(bus.persistent(watcher).connection.payloads())
                    .as("killed after %d steps", steps)
                    .contains("will" + steps);
            bus.connect(watcher, true, 0, null).drop();
            bus.connect(owner, true, 0, null).drop();
            bus.loops.advance(100);
        }
        assertThat(steps).isGreaterThan(5);
    }

    private BrokerFixture.Peer leave(String topic, AccessRights rights) {
        BrokerFixture.Peer peer =
                bus.connect(
                        connectPacket(
                                ProtocolVersion.MQTT_5,
                                "leaver",
                                false,
                                3600,
                                BrokerFixture.will(topic, "farewell", 10)),
                        login("p", rights, Long.MAX_VALUE));
        bus.loops.advance(100);
        return peer;
    }

    /// The will of a connection that another one has taken over is on its way when the process
    /// dies, while the new connection has a will of its own.
    @ParameterizedTest
    @EnumSource(
            value = QoS.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void aTakenOverConnectionsWillOutlivesAKill(QoS qos) {
        int steps = 0;
        for (boolean answered = false; !answered; steps++) {
            String watcher = bus.idOn(0, "watcher");
            String owner = bus.idOn(1, "owner");
            bus.persistent(watcher).subscribe("w", qos).drop();
            takeOver(owner, qos, "first" + steps);
            bus.loops.advance(100);
            RecordedConnection anew = takeOver(owner, qos, "second" + steps);
            for (int i = 0; i < steps && bus.loops.step(); i++) {
                // so far
            }
            answered = !anew.packets(ConnAck.class).isEmpty();
            bus.kill();
            bus.loops.advance(20_000);
            assertThat(bus.persistent(watcher).connection.payloads())
                    .as("killed after %d steps", steps)
                    .contains("first" + steps);
            bus.connect(watcher, true, 0, null).drop();
            bus.connect(owner, true, 0, null).drop();
            bus.loops.advance(100);
        }
        assertThat(steps).isGreaterThan(5);
    }

    /// A session has ended, its will is on its way, and its client has another session already when
    /// the process dies.
    @ParameterizedTest
    @EnumSource(
            value = QoS.class,
            names = {"AT_LEAST_ONCE", "EXACTLY_ONCE"})
    void theWillOfASessionThatHasEndedOutlivesAKill(QoS qos) {
        int steps = 0;
        for (boolean answered = false; !answered; steps++) {
            String watcher = bus.idOn(0, "watcher");
            String owner = bus.idOn(1, "owner");
            bus.persistent(watcher).subscribe("w", qos).drop();
            BrokerFixture.Peer gone = bus.connect(owner, true, 0, will(qos, "first" + steps));
            bus.loops.advance(100);
            gone.dropLater();
            RecordedConnection anew = takeOver(owner, qos, "second" + steps);
            for (int i = 0; i < steps && bus.loops.step(); i++) {
                // so far
            }
            answered = !anew.packets(ConnAck.class).isEmpty();
            bus.kill();
            bus.loops.advance(20_000);
            assertThat(bus.persistent(watcher).connection.payloads())
                    .as("killed after %d steps", steps)
                    .contains("first" + steps);
            bus.connect(watcher, true, 0, null).drop();
            bus.connect(owner, true, 0, null).drop();
            bus.loops.advance(100);
        }
        assertThat(steps).isGreaterThan(5);
    }

    /// Leaves the loops to run.
    private RecordedConnection takeOver(String owner, QoS qos, String will) {
        Will left = will(qos, will);
        RecordedConnection connection = new RecordedConnection(ProtocolVersion.MQTT_5);
        bus.loops.later(
                1,
                () ->
                        bus.broker.connect(
                                connectPacket(ProtocolVersion.MQTT_5, owner, false, 3600, left),
                                owner,
                                false,
                                login("p", RIGHTS, Long.MAX_VALUE),
                                connection));
        return connection;
    }

    /// What a subscriber has got of it when the will would have been published.
    private List<String> heard() {
        bus.persistent("s").subscribe("#", QoS.AT_LEAST_ONCE).drop();
        bus.loops.advance(20_000);
        return bus.persistent("s").connection.payloads();
    }

    private BrokerFixture.Peer clean(String topic, QoS qos, boolean retain) {
        Will will =
                new Will(
                        Topic.of(topic),
                        "offline".getBytes(StandardCharsets.UTF_8),
                        qos,
                        retain,
                        Properties.NONE);
        return bus.connect("online", true, 0, will);
    }

    private int sessionsOnDisk() {
        int[] count = new int[1];
        store.scan(
                Store.Family.SESSION,
                new byte[0],
                (_, _) -> {
                    count[0]++;
                    return true;
                });
        return count[0];
    }

    @ParameterizedTest
    @CsvSource({"AT_MOST_ONCE,true", "AT_LEAST_ONCE,false", "EXACTLY_ONCE,true"})
    void theWillOfASessionThatEndsWithItsConnectionIsPublishedByTheNextProcess(
            QoS qos, boolean retain) {
        bus.persistent("s").subscribe("w", QoS.EXACTLY_ONCE).drop();
        clean("w", qos, retain);
        bus.kill();
        bus.loops.advance(1_000);
        BrokerFixture.Peer witness = bus.persistent("s");
        boolean waits = qos != QoS.AT_MOST_ONCE;
        assertThat(witness.connection.payloads()).hasSize(waits ? 1 : 0);
        BrokerFixture.Peer late = bus.connect("late").subscribe("w", QoS.AT_MOST_ONCE);
        assertThat(late.connection.payloads()).hasSize(retain ? 1 : 0);
        assertThat(sessionsOnDisk()).as("only that of the witness").isEqualTo(1);
        witness.drop();
        bus.kill();
        bus.loops.advance(1_000);
        assertThat(sessionsOnDisk()).isEqualTo(1);
    }

    @Test
    void nothingIsLeftOfIt() {
        clean("w", QoS.AT_LEAST_ONCE, true)
                .send(new Disconnect(ReasonCode.NORMAL_DISCONNECTION, Properties.NONE));
        bus.loops.advance(1_000);
        assertThat(sessionsOnDisk()).as("it was not to be published").isZero();
        clean("w", QoS.AT_LEAST_ONCE, true).drop();
        bus.loops.advance(1_000);
        assertThat(sessionsOnDisk()).as("it was published").isZero();
        assertThat(bus.connect("late").subscribe("w", QoS.AT_MOST_ONCE).connection.payloads())
                .containsExactly("offline");
    }

    @Test
    void theClientIsToldThatItIsThereOnceItsWillIsSafe() {
        store.busy(true);
        BrokerFixture.Peer online = clean("w", QoS.AT_LEAST_ONCE, true);
        bus.loops.advance(100);
        assertThat(online.connection.packets(ConnAck.class)).isEmpty();
        int before = store.written();
        BrokerFixture.Peer without = bus.connect("without");
        BrokerFixture.Peer careless = bus.connect("c", true, 0, null);
        assertThat(without.connection.packets(ConnAck.class)).hasSize(1);
        assertThat(careless.connection.packets(ConnAck.class)).hasSize(1);
        bus.loops.advance(100);
        assertThat(store.written()).isEqualTo(before);
        store.busy(false);
        bus.loops.settle();
        assertThat(online.connection.packets(ConnAck.class)).hasSize(1);
    }

    @Test
    void aVerdictMadeAtConnectHoldsWhereNobodyKnowsTheRightsAnyMore() {
        leave("w", RIGHTS);
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        assertThat(heard()).containsExactly("farewell");
    }

    @Test
    void aWillThatWasNotGrantedIsNotPublishedByThoseWhoDoNotKnow() {
        leave("denied/w", RIGHTS);
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        assertThat(heard()).isEmpty();
    }

    @Test
    void whatWasNotDecidedYetIsNotGranted() {
        leave("w", new Slow());
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        assertThat(heard()).isEmpty();
    }

    @Test
    void aVerdictThatComesLateIsKeptToo() {
        Slow rights = new Slow();
        leave("w", rights);
        rights.answer.complete(Verdict.ALLOWED);
        bus.loops.advance(100);
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        assertThat(heard()).containsExactly("farewell");
    }

    @Test
    void aGrantThatIsTakenAwayAfterConnectTakesTheWillWithIt() {
        leave("w", RIGHTS);
        Slow none = new Slow();
        none.answer.complete(Verdict.denied(Rule.MISSING_GRANT, "missing grant: w"));
        var _ = bus.broker.changeRights("p", none);
        bus.loops.advance(100);
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        assertThat(heard()).isEmpty();
    }

    @Test
    void rightsThatAreKnownAfterTheRestartStillDecide() {
        leave("w", RIGHTS);
        Slow none = new Slow();
        none.answer.complete(Verdict.denied(Rule.MISSING_GRANT, "missing grant: w"));
        bus.rightsWhileAway = RightsWhileAway.known(none);
        bus.kill();
        assertThat(heard()).isEmpty();
    }

    /// The delay is over, but the loop has had no turn for that: its client comes first.
    @Test
    void aClientThatComesBackTooLateDoesNotTakeItsWillBack() {
        bus.persistent("s").subscribe("w", QoS.AT_LEAST_ONCE).drop();
        BrokerFixture.Peer leaver = leave("w", RIGHTS).drop();
        bus.loops.advance(100);
        bus.loops.later(
                leaver.loop,
                () ->
                        bus.broker.connect(
                                connectPacket(ProtocolVersion.MQTT_5, "leaver", false, 3600, null),
                                "leaver",
                                false,
                                login("p", RIGHTS, Long.MAX_VALUE),
                                new RecordedConnection(ProtocolVersion.MQTT_5)));
        bus.loops.stall(11_000);
        bus.loops.settle();
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("farewell");
    }

    /// The same where the process was away meanwhile.
    @Test
    void aDelayGoesOnWhileThereIsNoProcess() {
        bus.persistent("s").subscribe("w", QoS.AT_LEAST_ONCE).drop();
        leave("w", RIGHTS).drop();
        bus.loops.advance(5_000);
        bus.loops.crash();
        bus.loops.advance(6_000);
        bus.kill();
        bus.persistent("leaver");
        assertThat(bus.persistent("s").connection.payloads()).containsExactly("farewell");
    }

    /// It comes back in time.
    @Test
    void aClientThatComesBackInTimeTakesItsWillBack() {
        bus.persistent("s").subscribe("w", QoS.AT_LEAST_ONCE).drop();
        leave("w", RIGHTS).drop();
        bus.loops.advance(9_000);
        bus.persistent("leaver");
        bus.loops.advance(20_000);
        assertThat(bus.persistent("s").connection.payloads()).isEmpty();
    }

    /// Twice, since what the second process writes of the session has to say the same.
    @Test
    void theVerdictOutlivesTwoProcesses() {
        leave("w", RIGHTS);
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        bus.kill();
        assertThat(heard()).containsExactly("farewell");
    }

    @Test
    void aWillWithoutDelayIsJudgedInTheSameWay() {
        bus.connect(
                connectPacket(
                        ProtocolVersion.MQTT_5,
                        "leaver",
                        false,
                        3600,
                        BrokerFixture.will("denied/w", "farewell", 0)),
                login("p", RIGHTS, Long.MAX_VALUE));
        bus.persistent("s").subscribe("#", QoS.AT_LEAST_ONCE);
        bus.loops.advance(100);
        bus.rightsWhileAway = UNKNOWN;
        bus.kill();
        assertThat(bus.persistent("s").connection.payloads()).isEmpty();
    }
}
