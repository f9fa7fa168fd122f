package eu.sermas.bus.systemtest.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The statements of MQTT 5 that a test proves, as in `@Mqtt5("MQTT-3.1.0-1")`.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Mqtt5 {

    String[] value();
}
