package eu.sermas.bus.rest.documents;

import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.Catalogue;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
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

    /// @param resources scopes by resource
    /// @param format the version of the form in which topics are written down
    /// @param version of what the catalogue says: another one where anything in it is different
    record Vocabulary(Map<String, List<String>> resources, int format, String version) {}

    private final LiveCatalogue catalogue;

    public VocabularyResource(LiveCatalogue catalogue) {
        this.catalogue = catalogue;
    }

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
        Catalogue common = catalogue.common();
        return vocabulary(common.scopes(), common);
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
        Catalogue known = catalogue.of(rights.appIds());
        known.scopes()
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
        return vocabulary(mine, known);
    }

    private static Vocabulary vocabulary(Map<String, List<String>> scopes, Catalogue catalogue) {
        return new Vocabulary(scopes, Catalogue.FORMAT, catalogue.version());
    }

    @GET
    @Path("platorm/topics/user")
    @Needs(Access.TOKEN)
    public Object topicsOfUserMisspelt(@Context Caller caller) {
        return topicsOfUser(caller);
    }
}
