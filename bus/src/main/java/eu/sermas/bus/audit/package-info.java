/// What somebody has to be able to look up later: refusals, as a feed for each app, and an audit
/// log of who changed what.
@NullMarked
package eu.sermas.bus.audit;

import org.jspecify.annotations.NullMarked;
