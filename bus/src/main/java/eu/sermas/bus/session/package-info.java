/// One client's session: windows, queue, expiry and will. No network, thread or clock inside.
@NullMarked
package eu.sermas.bus.session;

import org.jspecify.annotations.NullMarked;
