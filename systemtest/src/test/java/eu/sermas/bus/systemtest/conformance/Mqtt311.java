package eu.sermas.bus.systemtest.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The statements of MQTT 3.1.1 that a test proves, as in `@Mqtt311("MQTT-3.1.0-1")`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Mqtt311 {

    String[] value();
}
