package eu.sermas.bus.tls;

import java.nio.file.Path;

/// Whether clients are asked for a certificate in the TLS handshake.
///
/// @param authorities PEM file with the certificates of those who may have issued it; read again
///   when it changes
/// @param required whether there is no way in without one: neither through the handshake, nor for
///   MQTT past TLS
public record ClientCertificates(Path authorities, boolean required) {}
