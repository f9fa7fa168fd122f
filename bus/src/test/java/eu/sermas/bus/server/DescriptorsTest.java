package eu.sermas.bus.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DescriptorsTest {

    private static final List<String> LIMITS =
            List.of(
                    "Limit                     Soft Limit           Hard Limit           Units     ",
                    "Max core file size        0                    unlimited            bytes     ",
                    "Max open files            4096                 8192                 files     ");

    @Test
    void aLimitThatIsTooLowForTheConnectionsIsSaid() {
        Descriptors descriptors = Descriptors.read(LIMITS);
        assertThat(descriptors.limit()).isEqualTo(4_096);
        assertThat(descriptors.warning(100_000))
                .startsWith(
                        "descriptor limit: 4096 (expected: at least 101024 for limits.connections"
                                + " 100000;");
        assertThat(descriptors.warning(3_072)).isNull();
    }

    @Test
    void nothingIsSaidOfALimitThatIsNotKnown() {
        assertThat(Descriptors.read(List.of("Max open files  unlimited  unlimited  files")))
                .isEqualTo(new Descriptors(0));
        assertThat(new Descriptors(0).warning(100_000)).isNull();
    }

    /// The JVM does it at its start, so the launcher need not.
    @Test
    void theLimitOfThisProcessIsTheHardOne() throws Exception {
        Process shell =
                new ProcessBuilder("bash", "-c", "ulimit -Hn").redirectErrorStream(true).start();
        String hard = new String(shell.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(String.valueOf(Descriptors.ofThisProcess().limit())).isEqualTo(hard);
    }
}
