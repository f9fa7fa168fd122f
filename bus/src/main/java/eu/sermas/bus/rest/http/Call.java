package eu.sermas.bus.rest.http;

import org.jspecify.annotations.Nullable;

/// The head of a request, with the headers that mean something to the resources; no other header of
/// a stranger goes further.
///
/// @param target path and query as they came, already found to be well formed
/// @param body is read when somebody asks for it
record Call(
        String method,
        String target,
        @Nullable String authorization,
        @Nullable String lastEventId,
        @Nullable String accept,
        @Nullable String contentType,
        RequestBody body,
        String remoteAddress) {

    /// Characters that are kept of its head.
    int headLength() {
        return lengthOf(target)
                + lengthOf(authorization)
                + lengthOf(lastEventId)
                + lengthOf(accept)
                + lengthOf(contentType);
    }

    private static int lengthOf(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
