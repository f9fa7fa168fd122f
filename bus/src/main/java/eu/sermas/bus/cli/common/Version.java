package eu.sermas.bus.cli.common;

import eu.sermas.bus.server.Product;
import picocli.CommandLine.IVersionProvider;

public final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "sermas-bus " + Product.version() + " (Java " + Runtime.version() + ")",
        };
    }
}
