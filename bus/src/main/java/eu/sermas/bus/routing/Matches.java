package eu.sermas.bus.routing;

import java.util.List;

/// Who gets the messages of one topic. Immutable, so that it may be kept and shared by threads for
/// as long as the version of the topic stays the same.
///
/// @param receivers the subscribers with ordinary subscriptions, each once
/// @param groups the shared subscriptions that match, each with its members
public record Matches<S>(List<Receiver<S>> receivers, List<Group<S>> groups) {

    private static final Matches<Object> NONE = new Matches<>(List.of(), List.of());

    @SuppressWarnings("unchecked") // holds no subscriber, so it is of every kind
    static <S> Matches<S> none() {
        return (Matches<S>) NONE;
    }

    public boolean isEmpty() {
        return receivers.isEmpty() && groups.isEmpty();
    }
}
