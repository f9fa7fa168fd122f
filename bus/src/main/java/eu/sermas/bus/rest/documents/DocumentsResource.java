package eu.sermas.bus.rest.documents;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import eu.sermas.bus.access.Catalogue;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.json.JsonLimits;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Conventions;
import eu.sermas.bus.rest.http.Json;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/// The API and the topics as documents, and a page that shows them. The page needs nothing from
/// elsewhere and runs no script but its own.
@Path("api")
public final class DocumentsResource {

    private static final String CSP =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8");

    private static final YAMLMapper YAML = JsonLimits.OWN.yaml().build();

    private final Documents documents = new Documents();
    private final Supplier<List<?>> resources;
    private final LiveCatalogue catalogue;
    private final String version;

    /// @param resources all that requests are served by, asked for when somebody reads
    public DocumentsResource(Supplier<List<?>> resources, LiveCatalogue catalogue, String version) {
        this.catalogue = catalogue;
        this.version = version;
        this.resources = resources;
    }

    @GET
    @Path("swagger-json")
    @Needs(Access.NOTHING)
    public Object openApi() {
        return documents.get("swagger-json", this, () -> Json.write(buildOpenApi()));
    }

    @GET
    @Path("swagger-yaml")
    @Needs(Access.NOTHING)
    public Response openApiAsYaml() {
        return yaml(documents.get("swagger-yaml", this, () -> yamlOf(buildOpenApi())));
    }

    private ObjectNode buildOpenApi() {
        return OpenApi.of(resources.get(), version);
    }

    @GET
    @Path("swagger")
    @Needs(Access.NOTHING)
    public Response openApiPage() {
        return page("swagger.html");
    }

    @GET
    @Path("async-json")
    @Needs(Access.OPTIONAL_TOKEN)
    public Response asyncApi() {
        return Response.ok(asyncApi("async-json", Json::write))
                .header("Content-Type", Conventions.JSON)
                .build();
    }

    @GET
    @Path("async-yaml")
    @Needs(Access.OPTIONAL_TOKEN)
    public Response asyncApiAsYaml() {
        return yaml(asyncApi("async-yaml", DocumentsResource::yamlOf));
    }

    /// What a caller may do is the caller's own document.
    private Object asyncApi(String name, Function<ObjectNode, byte[]> form) {
        Catalogue common = catalogue.common();
        Caller caller = Caller.current();
        return caller == null
                ? documents.get(name, common, () -> form.apply(AsyncApi.of(common, null, version)))
                : form.apply(
                        AsyncApi.of(catalogue.of(caller.principal().appIds()), caller, version));
    }

    @GET
    @Path("async")
    @Needs(Access.NOTHING)
    public Response asyncApiPage() {
        return page("async.html");
    }

    @GET
    @Path("documents/{file: documents.js|documents.css}")
    @Needs(Access.NOTHING)
    public Response partOfPage(@PathParam("file") String file) {
        return page(file);
    }

    private static byte[] yamlOf(ObjectNode document) {
        try {
            return YAML.writeValueAsBytes(document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Response yaml(Object document) {
        return Response.ok(document)
                .header("Content-Type", "application/yaml; charset=utf-8")
                .build();
    }

    private Response page(String file) {
        String type = String.valueOf(TYPES.get(file.substring(file.lastIndexOf('.') + 1)));
        return Response.ok(documents.get(file, this, () -> bytesOf(file)))
                .header("Content-Type", type)
                .header("Content-Security-Policy", CSP)
                .header("Referrer-Policy", "no-referrer")
                .build();
    }

    private static byte[] bytesOf(String file) {
        try (InputStream in = DocumentsResource.class.getResourceAsStream(file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
