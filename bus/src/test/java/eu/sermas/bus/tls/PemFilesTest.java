package eu.sermas.bus.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys and certificates as `openssl` and authorities hand them out.
class PemFilesTest {

    private static final String REQUEST =
            "req -x509 -key key.pem -days 30 -subj /CN=localhost -out chain.pem";

    @TempDir private Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void openssl(String arguments) throws Exception {
        run("openssl " + arguments);
    }

    private String run(String command) throws Exception {
        Process process =
                new ProcessBuilder(command.split(" "))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
        return said;
    }

    private String text(String... files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append(Files.readString(file(file)));
        }
        return text.toString();
    }

    private Origin.Identity read() throws IOException {
        return new PemFiles(file("chain.pem"), file("key.pem"), null, null).read();
    }

    // Keys

    @ParameterizedTest
    @CsvSource({
        "genrsa -traditional -out key.pem 2048, RSA", // PKCS #1
        "genrsa -out key.pem 2048, RSA", // PKCS #8
        "ecparam -name prime256v1 -genkey -out key.pem, EC", // SEC 1, with its parameters
        "ecparam -name prime256v1 -genkey -noout -out key.pem, EC",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem, EC",
        "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out key.pem, RSASSA-PSS",
        "genpkey -algorithm ed25519 -out key.pem, EdDSA"
    })
    void readsEveryKindOfKey(String command, String algorithm) throws Exception {
        openssl(command);
        openssl(REQUEST);
        assertThat(read().key().getAlgorithm()).isEqualTo(algorithm);
        assertThat(read().chain()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pkcs8 -topk8 -passout pass:open! -in key.pem -out locked.pem",
                "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA1 -passout pass:open! -in key.pem"
                        + " -out locked.pem",
                "pkcs8 -topk8 -scrypt -passout pass:open! -in key.pem -out locked.pem",
                "rsa -traditional -aes256 -passout pass:open! -in key.pem -out locked.pem"
            })
    void readsEncryptedKeysWithThePasswordOfAFile(String command) throws Exception {
        openssl("genrsa -out key.pem 2048");
        openssl(REQUEST);
        openssl(command);
        Files.writeString(file("password"), "open!\n");
        Path chain = file("chain.pem");
        Path locked = file("locked.pem");
        assertThat(new PemFiles(chain, locked, file("password"), null).read().key())
                .isEqualTo(read().key());

        assertThatThrownBy(() -> new PemFiles(chain, locked, null, null).read())
                .hasMessageContaining("locked.pem: encrypted (expected: tls.key-password-file")
                .hasMessageContaining("openssl pkey -in " + locked + " -out plain.pem");
        Files.writeString(file("password"), "wrong");
        assertThatThrownBy(() -> new PemFiles(chain, locked, file("password"), null).read())
                .hasMessageContaining("not readable with the password of tls.key-password-file");
    }

    @Test
    void readsKeyAndChainFromOneFile() throws Exception {
        openssl("genrsa -out key.pem 2048");
        openssl(REQUEST);
        for (String both : List.of(text("key.pem", "chain.pem"), text("chain.pem", "key.pem"))) {
            Files.writeString(file("both.pem"), both);
            assertThat(new PemFiles(file("both.pem"), null, null, null).read().chain()).hasSize(1);
        }
    }

    @Test
    void namesTheCommandThatMendsWhatCannotBeRead() throws Exception {
        openssl("genrsa -out good.pem 2048");
        openssl("req -x509 -key good.pem -days 30 -subj /CN=localhost -out chain.pem");

        openssl("pkey -in good.pem -outform DER -out key.pem");
        assertThatThrownBy(this::read)
                .hasMessageContaining("key.pem: no private key")
                .hasMessageContaining("openssl pkey -in " + file("key.pem") + " -inform DER");

        Files.writeString(file("key.pem"), "-----BEGIN OPENSSH PRIVATE KEY-----\n");
        assertThatThrownBy(this::read).hasMessageContaining("ssh-keygen -p -m PEM -f");

        openssl("genpkey -algorithm X25519 -out key.pem");
        assertThatThrownBy(this::read).hasMessageContaining("is the key of no certificate");

        Files.writeString(file("key.pem"), text("good.pem"));
        Files.writeString(file("chain.pem"), "-----BEGIN PKCS7-----\n");
        assertThatThrownBy(this::read).hasMessageContaining("openssl pkcs7 -print_certs");
    }

    // Chains

    /// Root, intermediate and leaf, each in a file of its own.
    private void makeChain() throws Exception {
        for (String name : List.of("root", "middle", "leaf")) {
            openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out " + name + ".key");
            openssl("req -new -key " + name + ".key -subj /CN=" + name + " -out " + name + ".csr");
        }
        Files.writeString(file("ca.ext"), "basicConstraints=critical,CA:true\n");
        openssl("x509 -req -in root.csr -signkey root.key -extfile ca.ext -days 30 -out root.pem");
        openssl(
                "x509 -req -in middle.csr -CA root.pem -CAkey root.key -extfile ca.ext -days 30"
                        + " -out middle.pem");
        openssl("x509 -req -in leaf.csr -CA middle.pem -CAkey middle.key -days 30 -out leaf.pem");
        Files.copy(file("leaf.key"), file("key.pem"));
    }

    @Test
    void showsTheLeafFirstAndNeitherTheRootNorAnythingTwice() throws Exception {
        makeChain();
        for (String chain :
                List.of(
                        text("leaf.pem", "middle.pem"),
                        text("leaf.pem", "leaf.pem", "middle.pem"),
                        text("middle.pem", "leaf.pem"),
                        text("root.pem", "middle.pem", "leaf.pem"),
                        text("leaf.pem", "middle.pem", "root.pem"))) {
            Files.writeString(file("chain.pem"), chain);
            assertThat(read().chain())
                    .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                    .containsExactly("CN=leaf", "CN=middle");
        }
    }

    @Test
    void readsCertificatesWithWordsBetweenThem() throws Exception {
        makeChain();
        Files.writeString(
                file("chain.pem"), run("openssl x509 -in leaf.pem -text") + text("middle.pem"));
        assertThat(read().chain()).hasSize(2);
    }

    // Changes

    @Test
    void noticesAnExchangeOfTheSameSizeInTheSameSecond() throws Exception {
        FileTime time = FileTime.fromMillis(1_000);
        Files.writeString(file("chain.pem"), "one");
        Files.setLastModifiedTime(file("chain.pem"), time);
        PemFiles files = new PemFiles(file("chain.pem"), null, null, null);
        List<String> before = files.state();
        assertThat(files.state()).isEqualTo(before);

        Files.writeString(file("chain.pem"), "two");
        Files.setLastModifiedTime(file("chain.pem"), time);

        assertThat(files.state()).isNotEqualTo(before);
    }
}
