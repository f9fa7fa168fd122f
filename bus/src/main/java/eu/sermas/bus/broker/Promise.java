package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Durability;

/// How a message has to be kept.
///
/// @param durability what its topic promises
/// @param together whether it is written in one batch with the packet identifier of its publisher
/// @param refusable whether the publisher can be told that it cannot be kept
/// @param inherited whether a session that has ended held it before, so that it is promised already
record Promise(Durability durability, boolean together, boolean refusable, boolean inherited) {

    static final Promise NOTHING = new Promise(Durability.NONE, false, false, false);

    private static final Promise[] ALL = new Promise[Durability.values().length * 4];
    private static final Promise[] INHERITED = new Promise[Durability.values().length * 2];

    static {
        for (Durability durability : Durability.values()) {
            for (int flags = 0; flags < 4; flags++) {
                ALL[durability.ordinal() * 4 + flags] =
                        new Promise(durability, (flags & 1) != 0, (flags & 2) != 0, false);
            }
            int place = durability.ordinal() * 2;
            INHERITED[place] = new Promise(durability, false, false, true);
            INHERITED[place + 1] = new Promise(durability, true, false, true);
        }
    }

    static Promise of(Durability durability, boolean together, boolean refusable) {
        return ALL[durability.ordinal() * 4 + (together ? 1 : 0) + (refusable ? 2 : 0)];
    }

    /// @param together whether it is written in one batch with its end at the other session
    static Promise inherited(Durability durability, boolean together) {
        return INHERITED[durability.ordinal() * 2 + (together ? 1 : 0)];
    }
}
