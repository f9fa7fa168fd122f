/// The commands that manage a running bus over REST: `app`, `client`, `user` and `session`.
@NullMarked
package eu.sermas.bus.cli.rest;

import org.jspecify.annotations.NullMarked;
