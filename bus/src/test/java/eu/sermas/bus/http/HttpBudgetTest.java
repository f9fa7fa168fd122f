package eu.sermas.bus.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HttpBudgetTest {

    private static final int MIB = 1024 * 1024;

    private final HttpBudget budget = new HttpBudget(16 * MIB, 64, 3);

    private Holding stranger(String address) {
        return budget.ofStranger(InetAddress.ofLiteral(address));
    }

    @Test
    void noAppTakesWhatIsGuaranteedToAnother() {
        Holding greedy = budget.of("greedy");
        while (greedy.take(MIB / 8)) {}
        assertThat(greedy.isGreedy()).isTrue();
        assertThat(budget.of("other").take(MIB)).isTrue();
        assertThat(budget.ofSystem().take(MIB)).isTrue();
        assertThat(stranger("192.0.2.1").take(MIB / 64)).isTrue();
    }

    @Test
    void strangersTakeNothingFromOthers() {
        Holding stranger = stranger("192.0.2.1");
        while (stranger.take(16 * 1024)) {}
        assertThat(stranger("192.0.2.2").take(16 * 1024)).isTrue();
        assertThat(stranger("192.0.2.1").take(16 * 1024)).isFalse();
        assertThat(budget.of("app").take(8 * MIB)).isTrue();
    }

    @Test
    void theLargestOfAnAddressThatWaitsGivesWay() {
        List<String> gone = new ArrayList<>();
        Holding working = stranger("192.0.2.1");
        Holding small = stranger("192.0.2.1");
        Holding large = stranger("192.0.2.1");
        Holding foreign = stranger("192.0.2.2");
        working.take(MIB / 4);
        small.take(MIB / 8);
        large.take(MIB / 2);
        foreign.take(8 * 1024);
        large.awaits(() -> gone.add("large"));
        small.awaits(() -> gone.add("small"));
        foreign.awaits(() -> gone.add("foreign"));
        Holding login = stranger("192.0.2.1");
        assertThat(login.work(MIB / 2)).isTrue();
        assertThat(gone).containsExactly("large");
        assertThat(large.take(1)).isFalse();
        assertThat(login.take(2 * MIB)).isFalse();
        assertThat(gone).doesNotContain("foreign");
    }

    @Test
    void everythingIsGivenBackOnce() {
        Holding app = budget.of("app");
        Holding stranger = stranger("2001:db8::1");
        app.take(1_000);
        app.giveBack(100);
        app.reduceTo(300);
        stranger.take(1_000);
        assertThat(budget.used()).isEqualTo(1_300);
        stranger.awaits(() -> {});
        stranger.close();
        stranger.close();
        app.giveBack(300);
        app.close();
        app.giveBack(300);
        assertThat(budget.used()).isZero();
        assertThat(app.take(1)).isFalse();
        assertThat(budget.used()).isZero();
    }
}
