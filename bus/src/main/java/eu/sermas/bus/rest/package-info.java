/// The REST API, put together: every route is in one of the rooms below, whose name is its subject.
/// [RestApi] lists them.
@NullMarked
package eu.sermas.bus.rest;

import org.jspecify.annotations.NullMarked;
