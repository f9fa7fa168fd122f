package eu.sermas.bus.cli.common;

import java.net.URI;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// What `--url` may be. Java's own class takes many a text that nobody can connect to.
public final class Urls {

    private static final int LARGEST_PORT = 65_535;

    private Urls() {}

    /// @param schemes without TLS and with it
    /// @throws ParameterException where it has another scheme, no host, or a port that there is not
    public static void check(CommandLine command, URI url, List<String> schemes) {
        if (url.getHost() == null
                || url.getPort() > LARGEST_PORT
                || !schemes.contains(String.valueOf(url.getScheme()))) {
            throw new ParameterException(
                    command,
                    "--url: %s (expected: %s://HOST:PORT, with a port of 1..%d)"
                            .formatted(url, String.join("://... or ", schemes), LARGEST_PORT));
        }
    }
}
