package eu.sermas.bus.journal;

import eu.sermas.bus.packet.Subscription;

/// What is kept of a subscription.
///
/// @param identifier the Subscription Identifier, 0 for none
/// @param bringsRetained whether the retained messages that it brings are not all out yet
public record SubscriptionRecord(
        Subscription subscription, int identifier, boolean bringsRetained) {}
