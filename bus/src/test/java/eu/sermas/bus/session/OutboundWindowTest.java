package eu.sermas.bus.session;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.packet.Message;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutboundWindowTest {

    private static final Delivery DELIVERY =
            new Delivery(held(), new Terms(QoS.AT_LEAST_ONCE, false, Terms.NO_IDS, null), null);

    private final OutboundWindow window = new OutboundWindow(new Tally());

    private static Holding held() {
        Shares plenty = new Shares(1 << 20, 1);
        Holding held =
                new Account("", plenty.system(), plenty.system(), plenty.system(), 0)
                        .hold(Message.of(Topic.of("t"), new byte[0], QoS.AT_LEAST_ONCE));
        return Objects.requireNonNull(held);
    }

    @Test
    void neverUsesAnIdentifierTwiceAtATimeAndKeepsTheOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, InFlight> expected = new HashMap<>();
        List<InFlight> order = new ArrayList<>();
        for (int step = 0; step < 300_000; step++) {
            if (order.isEmpty() || random.nextInt(100) < 52) {
                InFlight added = window.add(DELIVERY, InFlight.State.AWAIT_PUBACK);
                assertThat(added.packetId).isBetween(1, Packet.MAX_PACKET_ID);
                assertThat(expected.put(added.packetId, added)).as("seed %d", seed).isNull();
                order.add(added);
            } else {
                InFlight gone = order.remove(random.nextInt(Math.min(order.size(), 50)));
                assertThat(window.get(gone.packetId)).as("seed %d", seed).isSameAs(gone);
                window.remove(gone);
                expected.remove(gone.packetId);
                assertThat(window.get(gone.packetId)).as("seed %d", seed).isNull();
            }
        }
        List<InFlight> seen = new ArrayList<>();
        window.forEach(seen::add);
        assertThat(seen).as("seed %d", seed).isEqualTo(order);
        assertThat(window.size()).isEqualTo(order.size());
    }

    @Test
    void takesEveryIdentifierThereIs() {
        for (int i = 0; i < Packet.MAX_PACKET_ID; i++) {
            window.add(DELIVERY, InFlight.State.AWAIT_PUBACK);
        }
        assertThat(window.isFull()).isTrue();
        InFlight oldest = Objects.requireNonNull(window.oldest());
        window.remove(oldest);
        assertThat(window.add(DELIVERY, InFlight.State.AWAIT_PUBACK).packetId)
                .isEqualTo(oldest.packetId);
    }

    @Test
    void oneThatIsNeverAcknowledgedDoesNotStopTheOthers() {
        InFlight stuck = window.add(DELIVERY, InFlight.State.AWAIT_PUBACK);
        for (int i = 0; i < 200_000; i++) {
            InFlight entry = window.add(DELIVERY, InFlight.State.AWAIT_PUBACK);
            assertThat(entry.packetId).isNotEqualTo(stuck.packetId);
            window.remove(entry);
        }
        assertThat(window.oldest()).isSameAs(stuck);
    }
}
