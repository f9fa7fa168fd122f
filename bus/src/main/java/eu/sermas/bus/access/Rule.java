package eu.sermas.bus.access;

import java.util.Locale;

/// What decides about a topic, a filter or a call. The name in lower case is what users are told.
public enum Rule {
    /// The grant that covers it.
    GRANT,
    /// The role `platform-admin`.
    PLATFORM_ADMIN,
    /// System clients may do everything.
    SYSTEM_CLIENT,
    /// A broker that was started without rights.
    OPEN_BROKER,

    /// No grant covers it.
    MISSING_GRANT,
    /// The role that it takes is not there.
    MISSING_ROLE,
    /// The tenant boundary: the topic is of an app that is not in the token.
    OTHER_APP,
    /// A filter that spans the apps.
    ALL_APPS,
    /// Below `user/`, of somebody else.
    OTHER_USER,
    /// What the platform says about an app is read-only for everybody else.
    PLATFORM_TOPIC,
    /// For system clients only: `system/...` and what begins with `$`.
    SYSTEM_TOPIC,
    /// Not a topic of any app or user.
    TOPIC_FORM,
    /// An empty level where an app, a resource or a scope has to be.
    EMPTY_LEVEL,
    /// The credentials themselves: expired, of a stranger, withdrawn.
    CREDENTIALS,
    /// Somebody else was asked, and says no.
    REMOTE,
    /// The payload is not what the catalogue says of the topic.
    PAYLOAD,
    /// A limit: a quota, a full queue, a connection that takes nothing.
    LIMIT;

    /// As in JSON: `missing-grant`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
