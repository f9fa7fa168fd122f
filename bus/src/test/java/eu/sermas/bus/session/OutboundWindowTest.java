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

    private static final Shares PLENTY = new Shares(1 << 30, 1);
    private static final Message MESSAGE =
            Message.of(Topic.of("t"), new byte[0], QoS.AT_LEAST_ONCE);
    private static final Terms TERMS = new Terms(QoS.AT_LEAST_ONCE, false, Terms.NO_IDS, null);

    private final Account account =
            new Account("", PLENTY.system(), PLENTY.system(), PLENTY.system(), 0);
    private final OutboundWindow window = new OutboundWindow(new Tally());

    private Delivery add() {
        Delivery added = account.holdAnyway(MESSAGE, TERMS);
        window.add(added, Delivery.State.AWAIT_PUBACK);
        return added;
    }

    @Test
    void neverUsesAnIdentifierTwiceAtATimeAndKeepsTheOrder() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<Integer, Delivery> expected = new HashMap<>();
        List<Delivery> order = new ArrayList<>();
        for (int step = 0; step < 300_000; step++) {
            if (order.isEmpty() || random.nextInt(100) < 52) {
                Delivery added = add();
                assertThat(added.packetId).isBetween(1, Packet.MAX_PACKET_ID);
                assertThat(expected.put(added.packetId, added)).as("seed %d", seed).isNull();
                order.add(added);
            } else {
                Delivery gone = order.remove(random.nextInt(Math.min(order.size(), 50)));
                assertThat(window.get(gone.packetId)).as("seed %d", seed).isSameAs(gone);
                window.remove(gone);
                expected.remove(gone.packetId);
                assertThat(window.get(gone.packetId)).as("seed %d", seed).isNull();
            }
        }
        List<Delivery> seen = new ArrayList<>();
        window.forEach(seen::add);
        assertThat(seen).as("seed %d", seed).isEqualTo(order);
        assertThat(window.size()).isEqualTo(order.size());
    }

    @Test
    void takesEveryIdentifierThereIs() {
        for (int i = 0; i < Packet.MAX_PACKET_ID; i++) {
            add();
        }
        assertThat(window.isFull()).isTrue();
        Delivery oldest = Objects.requireNonNull(window.oldest());
        window.remove(oldest);
        assertThat(add().packetId).isEqualTo(oldest.packetId);
    }

    @Test
    void oneThatIsNeverAcknowledgedDoesNotStopTheOthers() {
        Delivery stuck = add();
        for (int i = 0; i < 200_000; i++) {
            Delivery entry = add();
            assertThat(entry.packetId).isNotEqualTo(stuck.packetId);
            window.remove(entry);
        }
        assertThat(window.oldest()).isSameAs(stuck);
    }
}
