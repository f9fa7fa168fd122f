package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What one principal may do, compiled when its token is accepted: every answer is a look-up in
/// memory. Immutable; a change of grants makes a new one. MQTT and REST ask the same object, so
/// that they cannot come to different answers.
public interface AccessRights {

    /// A broker without rights (`--open`): everything but publishing on `$SYS/`.
    static AccessRights open() {
        return Unrestricted.OPEN;
    }

    /// The platform itself and its server modules: everything.
    static AccessRights system() {
        return Unrestricted.SYSTEM;
    }

    /// The apps whose clients or users these rights are of, or none.
    Set<String> appIds();

    /// Whether messages may be published on a topic; the verdict says which.
    Verdict mayPublish(Topic topic);

    /// Whether a filter may be subscribed to. For a shared subscription the filter proper decides.
    Verdict maySubscribe(TopicFilter filter);

    /// Whether a REST call is allowed that needs `resource.scope`.
    ///
    /// @param appId the app that the call acts on, or null where it concerns none
    Verdict mayCall(String resource, String scope, @Nullable String appId);

    /// Whether somebody else may be given these grants in an app. Nobody hands out more than they
    /// hold, or one right would lead to all of them.
    Verdict mayHandOut(String appId, Collection<String> grants);

    /// What [#mayPublish] says, and what it rests on, for people. Nothing counts as used by it.
    Explanation explainPublish(Topic topic);

    /// What [#maySubscribe] says, and what it rests on, as above.
    Explanation explainSubscribe(TopicFilter filter);

    /// What [#mayCall] says, and what it rests on, as above.
    Explanation explainCall(String resource, String scope, @Nullable String appId);

    /// The parts of a filter that may be subscribed to; none where there are none, or more than a
    /// subscription should become.
    List<TopicFilter> narrow(TopicFilter filter);

    /// These rights for the holder of one token, where grants ask for what it says.
    ///
    /// @param token is only looked at where one does
    AccessRights boundTo(Supplier<Claims> token);

    /// These rights for the holder of the token that earlier rights were bound to. Where those know
    /// their [Standing], it is they that are worked out anew, since another token of the same
    /// principal may have been worth more.
    AccessRights boundLike(AccessRights earlier);

    /// These rights as they are at this moment: worked out anew where anything has changed that
    /// they may follow from, or null where their holder is no more. A look-up in memory.
    @Nullable AccessRights now();

    /// Whether they rest on nothing that only a token could tell and no token was there to ask; see
    /// [Claims#UNKNOWN].
    boolean isCertain();

    /// How often what is held by these rights has to be asked about again, in milliseconds, because
    /// answers do not hold for ever; `Long.MAX_VALUE` where they hold until other rights are put in
    /// force, so that they may be remembered.
    long reviewMillis();

    /// The answer where [#mayPublish] has none yet. Completes on any thread, and never
    /// exceptionally.
    CompletionStage<Verdict> decidePublish(Topic topic);

    /// The answer where [#maySubscribe] has none yet. Completes on any thread, and never
    /// exceptionally.
    CompletionStage<Verdict> decideSubscribe(TopicFilter filter);

    /// The rights of a client or a user in its own apps.
    ///
    /// @param appIds the apps whose topics it may name
    /// @param userId whose `user/{userId}/...` topics it may use, or null for none
    static AccessRights granted(Set<String> appIds, Grants grants, @Nullable String userId) {
        return granted(appIds, grants, userId, null);
    }

    /// The same with what they were worked out of; null for rights that stay as they are.
    static AccessRights granted(
            Set<String> appIds,
            Grants grants,
            @Nullable String userId,
            @Nullable Standing standing) {
        return new GrantedRights(appIds, grants, userId, false, Claims.NONE, standing);
    }

    /// The rights of a user with the role `platform-admin`: everything in each single app, and to
    /// read what the system says about itself. Filters that span the apps remain for system
    /// clients.
    static AccessRights platformAdmin(@Nullable String userId, @Nullable Standing standing) {
        return new GrantedRights(Set.of(), Grants.ALL, userId, true, Claims.NONE, standing);
    }
}
