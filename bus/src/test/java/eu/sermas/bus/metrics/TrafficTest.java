package eu.sermas.bus.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrafficTest {

    private static final long START = 1_000_000;

    private final Traffic traffic = new Traffic();
    private long now = START;

    /// So many messages of ten bytes in each second, with a look twice in it.
    private void run(int seconds, int messages) {
        for (int half = 0; half < 2 * seconds; half++) {
            now += 500;
            for (int i = 0; i < messages / 2; i++) {
                traffic.messageReceived();
                traffic.bytesReceived(10);
            }
            traffic.look(now);
        }
    }

    @Test
    void aRateIsThatOfTheLastSeconds() {
        traffic.begin(START);
        run(60, 100);
        assertThat(traffic.received(now)).isEqualTo(new Traffic.Flow(6000, 60_000, 100, 1000));
        run(30, 0);
        assertThat(traffic.received(now)).isEqualTo(new Traffic.Flow(6000, 60_000, 0, 0));
        assertThat(traffic.sent(now)).isEqualTo(new Traffic.Flow(0, 0, 0, 0));
    }

    @Test
    void aFirstMessageIsNoRate() {
        traffic.begin(START);
        traffic.sent(1, 10);
        assertThat(traffic.sent(START)).isEqualTo(new Traffic.Flow(1, 10, 1, 10));
    }
}
