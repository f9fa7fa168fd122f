package eu.sermas.bus.identity;

import eu.sermas.bus.identity.oidc.IssuerSettings;

/// What the certificates of clients count for.
///
/// @param name which part of a certificate says who it is
/// @param match whether a token that comes over a connection with a certificate has to be of the
///   client that the certificate names
/// @param trust as for an issuer of tokens: whom the names mean, and what they may
public record CertificateSettings(Part name, boolean match, IssuerSettings.Trust trust) {

    /// A part of a certificate. Of each there has to be exactly one.
    public enum Part {
        /// The common name of the subject.
        CN,
        /// The DNS name among the alternative names of the subject.
        DNS,
        /// The URI among them.
        URI,
        /// The e-mail address among them.
        EMAIL
    }
}
