package eu.sermas.bus.access;

import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;

/// What one principal may do, compiled when its token is accepted: every answer is a look-up in
/// memory. Immutable; a change of grants makes a new one.
public interface AccessRights {

    Verdict mayPublish(Topic topic);

    /// For a shared subscription the filter proper decides.
    Verdict maySubscribe(TopicFilter filter);
}
