package eu.sermas.bus.cli;

import eu.sermas.bus.server.Product;
import picocli.CommandLine.IVersionProvider;

final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {
            "sermas-bus " + Product.version() + " (Java " + Runtime.version() + ")",
        };
    }
}
