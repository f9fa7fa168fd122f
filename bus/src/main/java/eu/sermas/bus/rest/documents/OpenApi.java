package eu.sermas.bus.rest.documents;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Dto;
import eu.sermas.bus.rest.http.ErrorBody;
import eu.sermas.bus.rest.http.EventStream;
import eu.sermas.bus.rest.http.NotOffered;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The REST API as an OpenAPI 3.1 document, read from the very declarations that requests are
/// served by: paths, methods, parameters, needed rights, and the types of bodies and answers.
public final class OpenApi {

    private static final Pattern VARIABLE = Pattern.compile("\\{ *(\\w+) *(?:: *([^}]+?) *)?\\}");
    private static final Pattern ALTERNATIVES = Pattern.compile("[\\w.-]+(\\|[\\w.-]+)+");
    private static final String JSON = "application/json";
    private static final String BEARER = "bearer";

    private final Schemas schemas = new Schemas();
    private final ObjectNode paths = Schemas.object();
    private final Set<String> operationIds = new HashSet<>();

    private OpenApi() {}

    /// @param resources every object that requests are served by
    public static ObjectNode of(List<?> resources, String version) {
        OpenApi document = new OpenApi();
        for (Object resource : resources) {
            String tag = resource.getClass().getSimpleName().replace("Resource", "");
            Arrays.stream(resource.getClass().getMethods())
                    .filter(method -> methodOf(method) != null)
                    .sorted(Comparator.comparing(Method::getName))
                    .forEach(method -> document.add(tag, resource.getClass(), method));
        }
        return document.root(version);
    }

    private ObjectNode root(String version) {
        ObjectNode root = Schemas.object().put("openapi", "3.1.0");
        root.putObject("info")
                .put("title", "SERMAS Toolkit")
                .put("version", version)
                .put(
                        "description",
                        "Apps, clients, users and tokens of the SERMAS bus, and the bus over HTTP."
                                + " A successful POST is answered with 201.");
        root.putArray("servers").addObject().put("url", "/");
        root.set("paths", paths);
        schemas.of(ErrorBody.class);
        ObjectNode components = root.putObject("components");
        components.set("schemas", schemas.components());
        components
                .putObject("securitySchemes")
                .putObject(BEARER)
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT");
        return root;
    }

    /// The HTTP method that a Java method serves, or null.
    private static @Nullable String methodOf(Method method) {
        for (Annotation annotation : method.getAnnotations()) {
            HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
            if (http != null) {
                return http.value().toLowerCase(Locale.ROOT);
            }
        }
        return null;
    }

    private void add(String tag, Class<?> resource, Method method) {
        Path below = method.getAnnotation(Path.class);
        String declared =
                join(
                        resource.getAnnotation(Path.class).value(),
                        below == null ? "" : below.value());
        // A variable whose values have slashes is as many paths.
        Matcher several =
                Pattern.compile("\\{ *\\w+ *: *([\\w/|]+/[\\w/|]+) *\\}").matcher(declared);
        if (several.find()) {
            for (String value : several.group(1).split("\\|", -1)) {
                add(tag, several.replaceFirst(value), method);
            }
        } else {
            add(tag, declared, method);
        }
    }

    private static String join(String parent, String child) {
        String path = "/" + parent + "/" + child;
        return path.replaceAll("/+", "/").replaceAll("(?<=.)/$", "");
    }

    private void add(String tag, String declared, Method method) {
        ObjectNode operation =
                paths.withObjectProperty(VARIABLE.matcher(declared).replaceAll("{$1}"))
                        .putObject(String.valueOf(methodOf(method)));
        operation.putArray("tags").add(tag);
        operation.put("operationId", unique(method.getName()));
        operation.put("summary", words(method.getName()));
        Access access = method.getAnnotation(Needs.class).value();
        describe(operation, access);
        addParameters(operation, declared, method);
        addBody(operation, method);
        addResponses(operation, declared, method, access);
    }

    private String unique(String name) {
        String id = name;
        for (int i = 2; !operationIds.add(id); i++) {
            id = name + i;
        }
        return id;
    }

    /// `defaultRepository` in words.
    private static String words(String name) {
        String words = name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }

    private static void describe(ObjectNode operation, Access access) {
        switch (access) {
            case NOTHING -> operation.putArray("security");
            case OPTIONAL_TOKEN -> {
                ArrayNode security = operation.putArray("security");
                security.addObject();
                security.addObject().putArray(BEARER);
            }
            default -> operation.putArray("security").addObject().putArray(BEARER);
        }
        String needs =
                switch (access) {
                    case NOTHING -> "Public.";
                    case OPTIONAL_TOKEN -> "Public; with a token, what concerns its owner.";
                    case TOKEN -> "Needs a valid token.";
                    case ADMIN -> "Needs the role `platform-admin`, or a system client.";
                    default -> {
                        String grant = access.resource() + "." + access.scope();
                        operation.put("x-required-grant", grant);
                        yield "Needs the grant `" + grant + "`.";
                    }
                };
        operation.put("description", needs);
    }

    private void addParameters(ObjectNode operation, String declared, Method method) {
        ArrayNode parameters = Schemas.object().arrayNode();
        Matcher variable = VARIABLE.matcher(declared);
        while (variable.find()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", variable.group(1)).put("in", "path").put("required", true);
            ObjectNode schema = parameter.putObject("schema").put("type", "string");
            String expression = variable.group(2);
            if (expression != null && ALTERNATIVES.matcher(expression).matches()) {
                Arrays.stream(expression.split("\\|", -1)).forEach(schema.putArray("enum")::add);
            } else if (expression != null) {
                parameter.put("description", "One level of a topic or more, with `/` between.");
            }
        }
        for (Parameter each : method.getParameters()) {
            QueryParam query = each.getAnnotation(QueryParam.class);
            if (query != null) {
                ObjectNode parameter = parameters.addObject();
                parameter.put("name", query.value()).put("in", "query");
                ObjectNode schema = schemas.of(each.getParameterizedType());
                DefaultValue fallback = each.getAnnotation(DefaultValue.class);
                if (fallback != null && !fallback.value().isEmpty()) {
                    schema.put("default", fallback.value());
                }
                parameter.set("schema", schema);
            }
        }
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
    }

    private void addBody(ObjectNode operation, Method method) {
        for (Parameter parameter : method.getParameters()) {
            if (!isBody(parameter)) {
                continue;
            }
            Dto dto = parameter.getAnnotation(Dto.class);
            ObjectNode content =
                    operation.putObject("requestBody").put("required", true).putObject("content");
            if (parameter.getType() == byte[].class) {
                content.putObject("*/*").putObject("schema");
            } else {
                content.putObject(JSON)
                        .set(
                                "schema",
                                dto == null
                                        ? schemas.of(parameter.getParameterizedType())
                                        : schemas.ofCatalogue(dto.value()));
            }
        }
    }

    /// What is injected has an annotation of Jakarta REST; the body has none.
    private static boolean isBody(Parameter parameter) {
        return Arrays.stream(parameter.getAnnotations())
                .noneMatch(
                        annotation ->
                                annotation
                                        .annotationType()
                                        .getPackageName()
                                        .startsWith("jakarta.ws.rs"));
    }

    private void addResponses(ObjectNode operation, String declared, Method method, Access access) {
        ObjectNode responses = operation.putObject("responses");
        if (method.isAnnotationPresent(NotOffered.class)) {
            error(responses, "501", "This bus does not offer it.");
            return;
        }
        String success = "post".equals(methodOf(method)) ? "201" : "200";
        ObjectNode answer = responses.putObject(success).put("description", "Done.");
        Dto dto = method.getAnnotation(Dto.class);
        Class<?> type = method.getReturnType();
        if (dto != null) {
            content(answer, JSON).set("schema", schemas.ofCatalogue(dto.value()));
        } else if (type == String.class) {
            content(answer, "text/html").putObject("schema").put("type", "string");
        } else if (type == EventStream.class) {
            content(answer, EventStream.CONTENT_TYPE).putObject("schema").put("type", "string");
        } else if (type == Response.class) {
            content(answer, "*/*").putObject("schema");
        } else if (type != void.class) {
            content(answer, JSON).set("schema", schemas.of(method.getGenericReturnType()));
        }
        if (Arrays.stream(method.getParameters()).anyMatch(OpenApi::isBodyOrQuery)) {
            error(responses, "400", "What is wrong with the request.");
        }
        if (access != Access.NOTHING) {
            error(responses, "401", "No token, or one that is not accepted.");
        }
        if (access != Access.NOTHING && access != Access.OPTIONAL_TOKEN) {
            error(responses, "403", "The right is missing; `WWW-Authenticate` names it.");
        }
        if (declared.contains("{")) {
            error(responses, "404", "No such thing.");
        }
        error(responses, "default", "Anything else, such as a limit that is reached.");
    }

    private static boolean isBodyOrQuery(Parameter parameter) {
        return isBody(parameter)
                || parameter.isAnnotationPresent(QueryParam.class)
                || parameter.isAnnotationPresent(PathParam.class);
    }

    private static ObjectNode content(ObjectNode answer, String type) {
        return answer.putObject("content").putObject(type);
    }

    private void error(ObjectNode responses, String status, String description) {
        ObjectNode response = responses.putObject(status).put("description", description);
        content(response, JSON).set("schema", schemas.of(ErrorBody.class));
    }
}
