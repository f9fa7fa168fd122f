/// One call over HTTP, from its head to the last byte of its answer: target, body, errors, and
/// answers that go on as a stream. It knows neither who calls nor what for.
@NullMarked
package eu.sermas.bus.rest.http;

import org.jspecify.annotations.NullMarked;
