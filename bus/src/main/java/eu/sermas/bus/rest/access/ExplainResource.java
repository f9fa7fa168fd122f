package eu.sermas.bus.rest.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import eu.sermas.bus.access.AccessRights;
import eu.sermas.bus.access.CatalogueEntry;
import eu.sermas.bus.access.Explanation;
import eu.sermas.bus.access.LiveCatalogue;
import eu.sermas.bus.access.Login;
import eu.sermas.bus.access.PayloadCheck;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import eu.sermas.bus.broker.live.QuotaUse;
import eu.sermas.bus.broker.live.SessionView;
import eu.sermas.bus.identity.LoginRefused;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Guard;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.caller.Outcomes;
import eu.sermas.bus.rest.http.Json;
import eu.sermas.bus.rest.http.Refused;
import eu.sermas.bus.rest.http.RestRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Answers why something is allowed or refused, by asking the rights that decide about it.
///
/// Anybody may ask about a token that they show: in the body, or as Bearer. About others may ask
/// who holds `access.explain` in every app that is theirs: its owner, and administrators.
@Path("api/access/explain")
public final class ExplainResource {

    private static final String REJECT = "reject";

    /// @param token whose rights are asked for; without it and without the other two it is the
    ///   Bearer token
    /// @param clientId short or composite, with `appId`
    /// @param principal its id, as in refusals: `client:museum/kiosk`
    /// @param action `publish`, `subscribe` or `receive`
    /// @param topic or filter
    /// @param payload of the message: a text as it is, or JSON
    record Question(
            @Nullable String token,
            @Nullable String appId,
            @Nullable String clientId,
            @Nullable String principal,
            @Nullable String action,
            @Nullable String topic,
            @Nullable String filter,
            @Nullable JsonNode payload) {

        /// Without the token and the payload.
        @Override
        public String toString() {
            return "Question[" + action + ", " + topic + filter + "]";
        }
    }

    /// @param rule what decided, as in [Rule#label]
    /// @param grant the one that allows it, or that is missing
    /// @param tokenExpiresAt of the token that was asked about
    /// @param payload how that is checked, for `publish`
    /// @param quota of the app, for `publish`
    /// @param catalogue the topic in the catalogue, where it is known there
    /// @param sessions for `receive`: the sessions of the principal, with the filters that match
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Decision(
            boolean allowed,
            String rule,
            @Nullable String grant,
            @Nullable String reason,
            @Nullable String principal,
            @Nullable String tokenExpiresAt,
            @Nullable Payload payload,
            @Nullable List<QuotaUse> quota,
            @Nullable Known catalogue,
            @Nullable List<Reception> sessions) {

        static Decision refused(Rule rule, String reason) {
            return new Decision(
                    false, rule.label(), null, reason, null, null, null, null, null, null);
        }
    }

    /// @param check `observe` or `reject`
    /// @param violation what is wrong with the payload of the question
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Payload(String check, @Nullable String violation) {}

    /// @param grant that opens the topic
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Known(String key, String template, String grant, @Nullable String durability) {

        static Known of(CatalogueEntry entry) {
            Durability durability = entry.durability();
            return new Known(
                    entry.key(),
                    entry.template(),
                    entry.resource() + "." + entry.scope(),
                    durability == null ? null : durability.name().toLowerCase(Locale.ROOT));
        }
    }

    /// @param clientId the MQTT client identifier
    /// @param matching its filters that the topic matches; where there is none, it gets nothing
    record Reception(String clientId, boolean connected, List<String> matching) {}

    /// What the broker knows at this moment, from any thread.
    ///
    /// @param sessions those of a principal
    /// @param quota what the clients of an app use of it
    /// @param payloads what those of a topic are held against, or null
    public record Live(
            Function<String, CompletionStage<List<SessionView>>> sessions,
            Function<Set<String>, List<QuotaUse>> quota,
            Function<Topic, @Nullable PayloadCheck> payloads) {}

    /// Whose rights a question is about.
    private record Asked(String principal, AccessRights rights, long expiresAt) {}

    private final Guard.Verification verification;
    private final Function<String, @Nullable AccessRights> rights;
    private final Registry registry;
    private final Live broker;
    private final LiveCatalogue catalogue;

    /// @param rights those that a registered principal has, or null
    public ExplainResource(
            Guard.Verification verification,
            Function<String, @Nullable AccessRights> rights,
            Registry registry,
            Live broker,
            LiveCatalogue catalogue) {
        this.catalogue = catalogue;
        this.verification = verification;
        this.rights = rights;
        this.registry = registry;
        this.broker = broker;
    }

    @POST
    @Needs(Access.NOTHING)
    public Decision explain(Question question) {
        String token = question.token();
        boolean aboutOthers = question.clientId() != null || question.principal() != null;
        if (token == null && aboutOthers) {
            return decide(question, other(question, caller()));
        }
        String shown = token == null ? bearer() : token;
        Login login;
        try {
            login = verification.verify(shown).login();
        } catch (LoginRefused refused) {
            return Decision.refused(Rule.CREDENTIALS, String.valueOf(refused.getMessage()));
        }
        return decide(
                question, new Asked(login.principal().id(), login.rights(), login.expiresAt()));
    }

    private static String bearer() {
        String header =
                RestRequest.current().getHttpHeaders().getHeaderString(HttpHeaders.AUTHORIZATION);
        String token = Guard.bearer(header);
        if (token == null) {
            throw Refused.unauthorized("no Bearer token, and no token in the body");
        }
        return token;
    }

    private Caller caller() {
        try {
            return new Caller(verification.verify(bearer()));
        } catch (LoginRefused e) {
            throw Outcomes.refused(e);
        }
    }

    /// A live session first, since its rights are those that decide.
    private Asked other(Question question, Caller caller) {
        String principal = principalOf(question, caller);
        List<SessionView> live = broker.sessions().apply(principal).toCompletableFuture().join();
        SessionView session =
                live.stream()
                        .filter(SessionView::connected)
                        .findFirst()
                        .orElse(live.isEmpty() ? null : live.getFirst());
        AccessRights found = session == null ? rights.apply(principal) : session.rights();
        if (!principal.equals(caller.principal().id()) && !isOver(caller, found)) {
            // The same for those who do not exist, or strangers would learn who does.
            throw Refused.forbidden(
                    Rule.MISSING_GRANT,
                    "missing grant: access.explain in every app of the principal");
        }
        if (found == null) {
            throw Refused.notFound("principal not found");
        }
        return new Asked(principal, found, session == null ? Long.MAX_VALUE : session.expiresAt());
    }

    private String principalOf(Question question, Caller caller) {
        String principal = question.principal();
        if (principal != null) {
            return principal;
        }
        String appId = question.appId();
        if (appId == null) {
            throw Refused.badRequest("appId missing");
        }
        caller.require(Access.ACCESS_EXPLAIN, appId);
        return registry.principalOf(appId, String.valueOf(question.clientId()))
                .orElseThrow(() -> Refused.notFound("client not found"));
    }

    /// @param found the rights of somebody, or null where there is nobody
    private static boolean isOver(Caller caller, @Nullable AccessRights found) {
        if (found == null || found.appIds().isEmpty()) {
            return caller.principal().isPlatformAdmin();
        }
        return found.appIds().stream().allMatch(appId -> caller.may(Access.ACCESS_EXPLAIN, appId));
    }

    private Decision decide(Question question, Asked asked) {
        String text = question.topic() == null ? question.filter() : question.topic();
        if (text == null || text.isEmpty()) {
            throw Refused.badRequest("topic missing");
        }
        return switch (question.action()) {
            case "publish" -> publish(asked, topic(text), question.payload());
            case "subscribe" ->
                    decision(
                            asked,
                            asked.rights().explainSubscribe(filter(text)),
                            text,
                            null,
                            null,
                            null);
            case "receive" -> receive(asked, topic(text));
            case null, default ->
                    throw Refused.badRequest("action: expected publish, subscribe or receive");
        };
    }

    private Decision publish(Asked asked, Topic topic, @Nullable JsonNode payload) {
        Explanation byRights = asked.rights().explainPublish(topic);
        // What it may not publish, it need not know more about.
        Payload checked = byRights.allowed() ? checked(topic, payload) : null;
        List<QuotaUse> quota = broker.quota().apply(asked.rights().appIds());
        return decision(
                asked,
                inForce(byRights, checked, quota),
                topic.name(),
                checked,
                quota.isEmpty() ? null : quota,
                null);
    }

    /// As for a message: the rights come first, then the payload, then the quota.
    private static Explanation inForce(
            Explanation byRights, @Nullable Payload payload, List<QuotaUse> quota) {
        if (!byRights.allowed()) {
            return byRights;
        }
        String rejected =
                payload != null && payload.check().equals(REJECT) ? payload.violation() : null;
        if (rejected != null) {
            return Explanation.of(Verdict.denied(Rule.PAYLOAD, rejected));
        }
        return quota.stream()
                .filter(use -> use.limitsMessages() && use.spent())
                .findFirst()
                .map(
                        use ->
                                Explanation.of(
                                        Verdict.denied(
                                                Rule.LIMIT,
                                                "quota: " + use.quota() + " " + use.limit())))
                .orElse(byRights);
    }

    private @Nullable Payload checked(Topic topic, @Nullable JsonNode payload) {
        PayloadCheck check = broker.payloads().apply(topic);
        if (check == null) {
            return null;
        }
        return new Payload(
                check.mode().name().toLowerCase(Locale.ROOT),
                payload == null || payload.isNull() ? null : check.violation(bytes(payload)));
    }

    private static byte[] bytes(JsonNode payload) {
        return payload.isTextual()
                ? payload.asText().getBytes(StandardCharsets.UTF_8)
                : Json.write(payload);
    }

    private Decision receive(Asked asked, Topic topic) {
        List<Reception> receptions =
                broker.sessions().apply(asked.principal()).toCompletableFuture().join().stream()
                        .map(session -> reception(session, topic))
                        .toList();
        return decision(
                asked,
                asked.rights().explainSubscribe(filter(topic.name())),
                topic.name(),
                null,
                null,
                receptions);
    }

    private static Reception reception(SessionView session, Topic topic) {
        return new Reception(
                session.clientId(),
                session.connected(),
                session.filters().stream()
                        .filter(filter -> filter.matches(topic))
                        .map(TopicFilter::text)
                        .toList());
    }

    private Decision decision(
            Asked asked,
            Explanation explanation,
            String text,
            @Nullable Payload payload,
            @Nullable List<QuotaUse> quota,
            @Nullable List<Reception> receptions) {
        return new Decision(
                explanation.allowed(),
                explanation.rule().label(),
                explanation.grant(),
                explanation.reason(),
                asked.principal(),
                asked.expiresAt() == Long.MAX_VALUE
                        ? null
                        : Instant.ofEpochMilli(asked.expiresAt()).toString(),
                payload,
                quota,
                known(text, asked.rights().appIds()),
                receptions);
    }

    /// What the catalogue says of a topic; of a filter it says nothing.
    private @Nullable Known known(String text, Set<String> appIds) {
        return text.contains("+") || text.contains("#")
                ? null
                : catalogue
                        .entryOf(topic(text))
                        .filter(entry -> entry.appId() == null || appIds.contains(entry.appId()))
                        .map(Known::of)
                        .orElse(null);
    }

    private static Topic topic(String text) {
        try {
            return Topic.of(text);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private static TopicFilter filter(String text) {
        try {
            return TopicFilter.of(text);
        } catch (IllegalArgumentException e) {
            throw Refused.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
