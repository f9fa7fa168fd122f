/// Who is who: tokens, apps, modules, clients and users, and the registry that keeps them.
@NullMarked
package eu.sermas.bus.identity;

import org.jspecify.annotations.NullMarked;
