/// What a program or a person reads about this bus: its API, its topics, its vocabulary of
/// grants. `/api/swagger`, `/api/async`, `/api/platform/topics`.
@NullMarked
package eu.sermas.bus.rest.documents;

import org.jspecify.annotations.NullMarked;
