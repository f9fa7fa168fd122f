/// The way from a file, the environment and the command line to checked values of the settings.
@NullMarked
package eu.sermas.bus.config;

import org.jspecify.annotations.NullMarked;
