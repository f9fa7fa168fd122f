package eu.sermas.bus.store;

/// Batches of one owner that build on each other. After one of them has failed none takes effect,
/// be the store well again meanwhile, until the owner has heard of it: a later one would be on disk
/// without what goes before it.
///
/// The store breaks it, before it says that a batch has failed. Its owner mends it once all batches
/// that were handed over have been answered.
public final class Succession {

    private volatile boolean broken;

    /// Whether batches fail that are handed over now.
    public boolean isBroken() {
        return broken;
    }

    /// For the store: a batch of it has failed.
    public void breakOff() {
        broken = true;
    }

    /// For its owner, who knows of all failures and has no batch on its way.
    public void mend() {
        if (broken) {
            broken = false;
        }
    }
}
