/// What a program or a person reads about this bus: its API, its topics, its vocabulary of grants.
/// `/.well-known`, `/api` itself with `/api/.well-known`, `/api/swagger`, `/api/async`,
/// `/api/documents`, `/api/platform/topics` and its misspelling `/api/platorm/topics`.
@NullMarked
package eu.sermas.bus.rest.documents;

import org.jspecify.annotations.NullMarked;
