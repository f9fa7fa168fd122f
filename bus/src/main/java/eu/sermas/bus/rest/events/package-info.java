/// Messages over HTTP: one that is published, a stream of those that come, a question and its
/// answer. `/api/events`.
@NullMarked
package eu.sermas.bus.rest.events;

import org.jspecify.annotations.NullMarked;
