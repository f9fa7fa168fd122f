package eu.sermas.bus.tls;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// Where the certificate of a server comes from.
interface Origin {

    /// A chain, the server's own certificate first, and the key of that certificate.
    ///
    /// @param authorities those who may issue certificates of clients, or none
    record Identity(
            List<X509Certificate> chain, PrivateKey key, List<X509Certificate> authorities) {}

    /// What tells one state of it from another: where this changes, there is another identity.
    List<String> state();

    Identity read() throws IOException;
}
