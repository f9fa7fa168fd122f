/// HTTP itself, whatever is asked for over it: how requests are read, and from whose pages.
@NullMarked
package eu.sermas.bus.http;

import org.jspecify.annotations.NullMarked;
