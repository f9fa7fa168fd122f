package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private final Deadlines deadlines = new Deadlines();
    private final List<String> happened = new ArrayList<>();

    @Test
    void whatIsDueHappensInItsOrder() {
        deadlines.add(20, () -> happened.add("late"));
        deadlines.add(10, () -> happened.add("early"));
        deadlines.add(10, () -> happened.add("as early, added later"));

        deadlines.run(9);
        assertThat(happened).isEmpty();
        deadlines.run(20);
        assertThat(happened).containsExactly("early", "as early, added later", "late");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void whatIsCancelledDoesNotHappenAndIsNotKept() {
        Deadlines.Deadline cancelled = deadlines.add(10, () -> happened.add("cancelled"));
        deadlines.add(10, () -> happened.add("kept"));

        cancelled.cancel();
        cancelled.cancel();
        assertThat(deadlines.size()).isEqualTo(1);
        deadlines.run(10);
        assertThat(happened).containsExactly("kept");
    }

    @Test
    void oneMayCancelAnotherOfTheSameMoment() {
        Deadlines.Deadline[] second = new Deadlines.Deadline[1];
        deadlines.add(10, () -> second[0].cancel());
        second[0] = deadlines.add(10, () -> happened.add("second"));

        deadlines.run(10);
        assertThat(happened).isEmpty();
    }

    @Test
    void aClientThatComesBackOftenLeavesNothingBehind() {
        BrokerFixture world = new BrokerFixture(2);
        world.persistent("c").drop();
        int before = world.broker.deadlines();

        for (int i = 0; i < 1_000; i++) {
            boolean cleanStart = i % 2 == 0;
            world.connect("c", cleanStart, BrokerFixture.SESSION_LIFETIME, null).drop();
        }
        assertThat(world.broker.deadlines()).isEqualTo(before);
    }

    @Test
    void aWillIsCancelledWithTheAbsenceItBelongsTo() {
        BrokerFixture world = new BrokerFixture(1);
        int before = world.broker.deadlines();
        world.connect(
                        "c",
                        true,
                        BrokerFixture.SESSION_LIFETIME,
                        BrokerFixture.will("w", "gone", 600))
                .drop();
        assertThat(world.broker.deadlines()).isEqualTo(before + 2);

        world.persistent("c");
        assertThat(world.broker.deadlines()).isEqualTo(before);
    }
}
