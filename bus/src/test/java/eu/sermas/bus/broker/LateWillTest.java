package eu.sermas.bus.broker;

import static eu.sermas.bus.broker.BrokerFixture.RIGHTS;
import static eu.sermas.bus.broker.BrokerFixture.connectPacket;
import static eu.sermas.bus.broker.BrokerFixture.login;
import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.packet.ProtocolVersion;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.simulation.SimulatedStore;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/// Wills that a later process publishes, which may not know any more what their clients may do.
class LateWillTest {

    private static final RightsWhileAway UNKNOWN = new RightsWhileAway(AccessRights.open(), false);

    private final BrokerFixture bus =
            BrokerFixture.durable(
                    2, Limits.DEFAULT, DurabilityPolicy.DEFAULT, new SimulatedStore(new Random(1)));

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

    /// What a subscriber has got of it when the will would have been published.
    private List<String> heard() {
        bus.persistent("s").subscribe("#", QoS.AT_LEAST_ONCE).drop();
        bus.loops.advance(20_000);
        return bus.persistent("s").connection.payloads();
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
