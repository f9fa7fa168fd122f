package eu.sermas.bus.rest.documents;

import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Needs;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.function.Supplier;

/// Where to find what, and the keys of tokens, for programs that know nothing of the bus but its
/// address (RFC 8615).
@Path(".well-known")
public final class WellKnownResource {

    private final Supplier<JsonNode> keys;

    public WellKnownResource(Supplier<JsonNode> keys) {
        this.keys = keys;
    }

    @GET
    @Path("sermas.json")
    @Needs(Access.NOTHING)
    public Object wellKnown() {
        return VocabularyResource.DOCUMENTS;
    }

    /// The keys that every token can be checked with.
    @GET
    @Path("jwks.json")
    @Needs(Access.NOTHING)
    public Object keys() {
        return keys.get();
    }
}
