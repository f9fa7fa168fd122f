package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one principal may do, compiled when its token is accepted: every answer is a look-up in
/// memory. Immutable; a change of grants makes a new one. MQTT and REST ask the same object, so
/// that they cannot come to different answers.
public interface AccessRights {

    /// A broker without rights (`--open`): everything but publishing on `$SYS/`.
    AccessRights OPEN = Unrestricted.OPEN;

    /// The platform itself and its server modules: everything.
    AccessRights SYSTEM = Unrestricted.SYSTEM;

    Verdict mayPublish(Topic topic);

    /// For a shared subscription the filter proper decides.
    Verdict maySubscribe(TopicFilter filter);

    /// Whether a REST call is allowed that needs `resource.scope`.
    ///
    /// @param appId the app that the call acts on, or null where it concerns none
    Verdict mayCall(String resource, String scope, @Nullable String appId);

    /// What [#mayPublish] says, and what it rests on, for people. Nothing counts as used by it.
    Explanation explainPublish(Topic topic);

    /// What [#maySubscribe] says, and what it rests on, as above.
    Explanation explainSubscribe(TopicFilter filter);

    /// What [#mayCall] says, and what it rests on, as above.
    Explanation explainCall(String resource, String scope, @Nullable String appId);

    /// The rights of a client or a user in its own apps.
    ///
    /// @param appIds the apps whose topics it may name
    /// @param userId whose `user/{userId}/...` topics it may use, or null for none
    static AccessRights granted(Set<String> appIds, Grants grants, @Nullable String userId) {
        return new GrantedRights(appIds, grants, userId, false);
    }

    /// The rights of a user with the role `platform-admin`: everything in each single app, and to
    /// read what the system says about itself. Filters that span the apps remain for system
    /// clients.
    static AccessRights platformAdmin(@Nullable String userId) {
        return new GrantedRights(Set.of(), Grants.ALL, userId, true);
    }
}
