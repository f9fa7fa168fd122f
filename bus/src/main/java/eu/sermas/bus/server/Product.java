package eu.sermas.bus.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;

/// What the build wrote into the jar about this product.
public final class Product {

    private Product() {}

    public static String version() {
        Properties properties = new Properties();
        try (InputStream file = Product.class.getResourceAsStream("/version.properties")) {
            properties.load(Objects.requireNonNull(file, "version.properties"));
        } catch (IOException e) {
            throw new IllegalStateException("version.properties", e);
        }
        return properties.getProperty("version");
    }
}
