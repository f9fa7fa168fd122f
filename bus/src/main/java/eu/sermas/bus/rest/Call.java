package eu.sermas.bus.rest;

import org.jspecify.annotations.Nullable;

/// A complete request, with the headers that mean something to the resources; no other header of a
/// stranger goes further.
///
/// @param target path and query as they came, already found to be well formed
record Call(
        String method,
        String target,
        @Nullable String authorization,
        @Nullable String lastEventId,
        @Nullable String accept,
        @Nullable String contentType,
        byte[] body,
        String remoteAddress) {}
