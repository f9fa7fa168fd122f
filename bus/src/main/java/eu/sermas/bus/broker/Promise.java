package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Durability;

/// How a message has to be kept.
///
/// @param durability what its topic promises
/// @param together whether it is written in one batch with the packet identifier of its publisher
/// @param refusable whether the publisher can be told that it cannot be kept
record Promise(Durability durability, boolean together, boolean refusable) {

    static final Promise NOTHING = new Promise(Durability.NONE, false, false);

    private static final Promise[] ALL = new Promise[Durability.values().length * 4];

    static {
        for (Durability durability : Durability.values()) {
            for (int flags = 0; flags < 4; flags++) {
                ALL[durability.ordinal() * 4 + flags] =
                        new Promise(durability, (flags & 1) != 0, (flags & 2) != 0);
            }
        }
    }

    static Promise of(Durability durability, boolean together, boolean refusable) {
        return ALL[durability.ordinal() * 4 + (together ? 1 : 0) + (refusable ? 2 : 0)];
    }
}
