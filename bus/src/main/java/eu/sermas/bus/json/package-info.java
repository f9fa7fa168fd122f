/// The one place where readers of JSON and YAML are made, each with limits.
@NullMarked
package eu.sermas.bus.json;

import org.jspecify.annotations.NullMarked;
