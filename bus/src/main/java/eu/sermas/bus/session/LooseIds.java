package eu.sermas.bus.session;

import eu.sermas.bus.journal.SessionRecord;
import eu.sermas.bus.packet.Packet;
import java.util.BitSet;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;

/// The packet identifiers of a kept session for messages of QoS 2 whose steps are not on disk
/// before they are sent: those of topics that are not kept, or not before they are acknowledged.
///
/// A client remembers such an identifier until it is released, and throws another message away that
/// comes with it. A process that is killed knows none of them any more. So they are apart from all
/// others, at the upper end, and only how many of them there are is on disk, before the first one
/// of them is used: the next process releases them, and uses none before the client has answered.
/// They are as many as were in flight at a time, doubled whenever they are too few, so what is not
/// kept costs no more writes than that.
final class LooseIds {

    private static final int FIRST = 64;
    private static final int MOST = SessionRecord.MOST_LOOSE_IDS;
    private static final BitSet NONE = new BitSet(0);

    /// How many are reserved, and how many were asked for.
    private int count;

    private int asked;
    private int last;

    /// Of those of an earlier process: what the client may still know, by its distance from the
    /// first one.
    private BitSet doubtful = NONE;

    int count() {
        return count;
    }

    /// What is to be on disk of them.
    int asked() {
        return asked;
    }

    /// The lowest of them, or one beyond all identifiers.
    int first() {
        return Packet.MAX_PACKET_ID + 1 - count;
    }

    /// As an earlier process left them. All are in doubt, but those that [#settled] names.
    void restore(int reserved) {
        count = reserved;
        asked = reserved;
        doubtful = reserved == 0 ? NONE : new BitSet(reserved);
        doubtful.set(0, reserved);
    }

    /// @return false where more have been asked for already, or there are no more
    boolean askForMore() {
        if (asked > count || count == MOST) {
            return false;
        }
        asked = count == 0 ? FIRST : 2 * count;
        return true;
    }

    /// What was asked for is on disk.
    void reserved() {
        BitSet moved = new BitSet(0);
        int lower = asked - count;
        doubtful.stream().forEach(place -> moved.set(place + lower));
        doubtful = moved;
        count = asked;
    }

    /// The next one that is free, or 0.
    int next(IntPredicate isFree) {
        int first = first();
        int id = last;
        for (int i = 0; i < count; i++) {
            id = id < first || id >= Packet.MAX_PACKET_ID ? first : id + 1;
            if (!doubtful.get(id - first) && isFree.test(id)) {
                return id;
            }
        }
        return 0;
    }

    void used(int packetId) {
        last = packetId;
    }

    /// Those that the client may know from an earlier process.
    void forEachDoubtful(IntConsumer visitor) {
        int first = first();
        doubtful.stream().forEach(place -> visitor.accept(first + place));
    }

    /// The client has let go of this one, or it is known what it is used for.
    void settled(int packetId) {
        int place = packetId - first();
        if (place >= 0 && doubtful.get(place)) {
            doubtful.clear(place);
        }
    }
}
