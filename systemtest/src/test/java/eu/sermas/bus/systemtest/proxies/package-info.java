/// The bus behind the proxies that people use, configured as the documentation says.
@NullMarked
package eu.sermas.bus.systemtest.proxies;

import org.jspecify.annotations.NullMarked;
