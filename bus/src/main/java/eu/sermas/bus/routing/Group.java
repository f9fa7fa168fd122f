package eu.sermas.bus.routing;

import eu.sermas.bus.packet.TopicFilter;
import java.util.List;

/// A shared subscription, section 4.8.2: the message goes to one of the members.
///
/// @param filter with the share name, `$share/{name}/{filter}`; it names the group
/// @param members at least one, immutable
public record Group<S>(TopicFilter filter, List<Receiver<S>> members) {}
