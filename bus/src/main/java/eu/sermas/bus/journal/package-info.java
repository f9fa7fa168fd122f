/// What keeps sessions, queues and retained messages beyond the process: what is to be written,
/// when, and who waits for it; the format of the records; and their way back at the next start.
@NullMarked
package eu.sermas.bus.journal;

import org.jspecify.annotations.NullMarked;
