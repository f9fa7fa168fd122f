package eu.sermas.bus.rest;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Catalogue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What there is to be granted, and where the documents are. One path is misspelt because clients
/// misspell it.
@Path("api")
public final class VocabularyResource {

    static final Map<String, String> DOCUMENTS =
            Map.of(
                    "openapiSpec", "/api/swagger-json",
                    "openapiUi", "/api/swagger",
                    "asyncapiSpec", "/api/async-json",
                    "asyncapiUi", "/api/async");

    /// Scopes by resource.
    record Vocabulary(Map<String, List<String>> resources) {}

    @GET
    @Needs(Access.NOTHING)
    public String hello() {
        return "Hello Sermas!";
    }

    @GET
    @Path(".well-known/sermas.json")
    @Needs(Access.NOTHING)
    public Object wellKnown() {
        return DOCUMENTS;
    }

    @GET
    @Path("platform/topics")
    @Needs(Access.NOTHING)
    public Object topics() {
        return new Vocabulary(Catalogue.standard().scopes());
    }

    @GET
    @Path("platorm/topics")
    @Needs(Access.NOTHING)
    public Object topicsMisspelt() {
        return topics();
    }

    @GET
    @Path("platform/topics/user")
    @Needs(Access.TOKEN)
    public Object topicsOfUser(@Context Caller caller) {
        AccessRights rights = caller.rights();
        Map<String, List<String>> mine = new LinkedHashMap<>();
        Catalogue.standard()
                .scopes()
                .forEach(
                        (resource, scopes) -> {
                            List<String> granted =
                                    scopes.stream()
                                            .filter(
                                                    scope ->
                                                            rights.explainCall(
                                                                            resource, scope, null)
                                                                    .allowed())
                                            .toList();
                            if (!granted.isEmpty()) {
                                mine.put(resource, granted);
                            }
                        });
        return new Vocabulary(mine);
    }

    @GET
    @Path("platorm/topics/user")
    @Needs(Access.TOKEN)
    public Object topicsOfUserMisspelt(@Context Caller caller) {
        return topicsOfUser(caller);
    }
}
