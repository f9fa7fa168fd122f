/// The REST API and the events that its actions publish.
@NullMarked
package eu.sermas.bus.rest;

import org.jspecify.annotations.NullMarked;
