package eu.sermas.bus.rest.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The schema of the catalogue of topics that a JSON body is meant to follow. It documents; extra
/// and missing fields are no reason to refuse a body.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD})
public @interface Dto {
    String value();
}
