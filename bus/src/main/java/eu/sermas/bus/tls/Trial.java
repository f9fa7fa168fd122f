package eu.sermas.bus.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate of a [TrialAuthority], a new one in time before the last one ends.
///
/// @param hosts DNS names and IP addresses that it is good for
/// @param clients what is asked of clients, or null
record Trial(
        TrialAuthority authority,
        List<String> hosts,
        @Nullable ClientCertificates clients,
        InstantSource clock)
        implements Origin {

    private static final Duration RENEWED_AFTER = Duration.ofDays(180);

    @Override
    public List<String> state() {
        long turn = clock.instant().getEpochSecond() / RENEWED_AFTER.toSeconds();
        return List.of(String.valueOf(turn));
    }

    @Override
    public Identity read() throws IOException {
        Identity own = authority.issue(hosts);
        Path file = clients == null ? null : clients.authorities();
        return file == null
                ? own
                : new Identity(own.chain(), own.key(), PemFiles.readCertificates(file));
    }
}
