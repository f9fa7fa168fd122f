package eu.sermas.bus.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SharesTest {

    private final Shares shares = new Shares(1_000, 4);

    @Test
    void whatIsGuaranteedIsThereWhenTheRestIsTaken() {
        Share greedy = shares.open("greedy");
        while (greedy.take(1)) {
            // until nothing is left for it
        }
        assertThat(greedy.used()).isEqualTo(600);
        assertThat(greedy.isTight()).isTrue();

        Share other = shares.open("other");
        assertThat(other.take(100)).isTrue();
        assertThat(other.take(1)).isFalse();
        assertThat(shares.system().take(100)).isTrue();
        assertThat(shares.used()).isEqualTo(800);
    }

    @Test
    void thereAreOnlySoManyGuarantees() {
        List<Share> four = List.of(share("a"), share("b"), share("c"), share("d"));
        Share fifth = share("e");
        assertThat(fifth.take(500)).isTrue();
        assertThat(fifth.take(1)).isFalse();
        assertThat(four).allMatch(share -> share.take(100));
        assertThat(shares.used()).isEqualTo(900);

        four.getFirst().giveBack(100);
        four.getFirst().close();
        assertThat(share("f").take(100)).as("in the place of the one that left").isTrue();
    }

    @Test
    void aRefusedAmountLeavesNoTrace() {
        Share greedy = share("greedy");
        assertThat(greedy.take(601)).isFalse();
        assertThat(greedy.used()).isZero();
        assertThat(greedy.take(600)).isTrue();
        assertThat(shares.used()).isEqualTo(600);
    }

    @Test
    void whatIsThereAlreadyIsCountedWhateverTheRoom() {
        Share greedy = share("greedy");
        greedy.takeAnyway(5_000);
        assertThat(shares.used()).isEqualTo(5_000);
        assertThat(share("other").take(100)).isTrue();
        assertThat(share("other").take(1)).isFalse();
        greedy.giveBack(5_000);
        assertThat(share("other").take(1)).isTrue();
    }

    @Test
    void anOwnerIsForgottenWhenItHoldsNothingAndNobodyHasItOpen() {
        Share first = share("a");
        assertThat(share("a")).isSameAs(first);
        assertThat(first.take(1)).isTrue();
        first.close();
        first.close();
        assertThat(shares.owners()).as("it holds something").isEqualTo(1);
        first.giveBack(1);
        assertThat(shares.owners()).isZero();
    }

    @Test
    void moreThanWasTakenCannotBeGivenBack() {
        Share share = share("a");
        assertThat(share.take(5)).isTrue();
        assertThatThrownBy(() -> share.giveBack(6)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPurseCountsByItselfAndSpendsTheLastByte() {
        Share share = share("a");
        Purse purse = new Purse(share, 64);
        assertThat(purse.take(10)).isTrue();
        assertThat(share.used()).isEqualTo(74);
        assertThat(purse.take(64)).isTrue();
        assertThat(share.used()).isEqualTo(74);
        while (purse.take(1)) {
            // until nothing is left
        }
        assertThat(purse.spent()).isEqualTo(600);
        purse.giveBack(600);
        assertThat(share.used()).isEqualTo(64);
        purse.close();
        assertThat(share.used()).isZero();
        purse.takeAnyway(700);
        assertThat(share.used()).isEqualTo(700);
    }

    /// Many threads take, are refused and give back; in the end every counter is at zero again, and
    /// in between the common half was never exceeded.
    @Test
    void nothingIsLostBetweenThreads() throws Exception {
        Shares many = new Shares(10_000, 2);
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                long seed = i;
                done.add(threads.submit(() -> takeAndGiveBack(many, seed)));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
        assertThat(many.used()).isZero();
        assertThat(many.owners()).isZero();
        assertThat(many.system().take(many.total() - 2 * many.guarantee())).isTrue();
    }

    private static void takeAndGiveBack(Shares shares, long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            try (Share share = shares.open("app" + random.nextInt(4))) {
                long amount = random.nextLong(1, 6_000);
                if (share.take(amount)) {
                    share.giveBack(amount);
                }
            }
        }
    }

    private Share share(String owner) {
        return shares.open(owner);
    }
}
