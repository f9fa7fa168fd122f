package eu.sermas.bus.inspect;

import eu.sermas.bus.packet.TopicFilter;
import org.jspecify.annotations.Nullable;

/// What is to be shown.
///
/// @param session client identifier or number of the only session, or null for all
/// @param filter of the topics of retained messages, or null for all
/// @param limit rows at most; in queues, of each session
/// @param payloads whether payloads are shown
public record Selection(
        @Nullable String session, @Nullable TopicFilter filter, int limit, boolean payloads) {}
