/// Who may use which topic: grants, the rights compiled from them, and the catalogue of topics.
@NullMarked
package eu.sermas.bus.access;

import org.jspecify.annotations.NullMarked;
