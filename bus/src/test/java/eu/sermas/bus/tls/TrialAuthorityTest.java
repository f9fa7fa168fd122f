package eu.sermas.bus.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialAuthorityTest {

    @TempDir private Path directory;

    private Path file() {
        return directory.resolve("tls-authority.pem");
    }

    private X509Certificate authority() throws Exception {
        return CertificateChain.read(file(), Files.readAllBytes(file())).getFirst();
    }

    @Test
    void isKeptAndIssuesAnotherCertificateEachTime() throws Exception {
        var first = TrialAuthority.in(file()).issue(List.of("localhost", "::1")).chain().getFirst();
        X509Certificate kept = authority();
        var second = TrialAuthority.in(file()).issue(List.of("localhost")).chain().getFirst();

        assertThat(authority()).isEqualTo(kept);
        assertThat(second).isNotEqualTo(first);
        for (X509Certificate issued : List.of(first, second)) {
            issued.verify(kept.getPublicKey());
            assertThat(issued.getNotAfter().toInstant())
                    .isBefore(Instant.now().plus(Duration.ofDays(398)));
        }
        assertThat(first.getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .containsExactly("localhost", "0:0:0:0:0:0:0:1");
    }

    /// The files are written one after the other, so a crash may leave two that do not fit.
    @Test
    void isMadeAnewWhereItsKeyIsAnother() throws Exception {
        TrialAuthority.in(file());
        X509Certificate before = authority();
        Path key = directory.resolve("tls-authority-key.pem");
        TrialAuthority.in(directory.resolve("other.pem"));
        Files.copy(directory.resolve("other-key.pem"), key, StandardCopyOption.REPLACE_EXISTING);

        TrialAuthority.in(file());

        assertThat(authority()).isNotEqualTo(before);
    }
}
