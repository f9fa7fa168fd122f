package eu.sermas.bus.server;

import eu.sermas.bus.access.Principal;
import eu.sermas.bus.broker.Broker;
import eu.sermas.bus.identity.Registry;
import eu.sermas.bus.journal.Removal;
import eu.sermas.bus.store.Store;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The end of an app: everything that any room keeps under its id goes, in memory and on disk,
/// before the id is free for somebody else. The registry remembers that it is to be done until it
/// says that it is.
///
/// Tokens of the app need nothing: they name what was made with it and ends with it, the `sub` of
/// its clients.
///
/// @param others let go of what they have in memory
record AppRemoval(Broker broker, Store store, Consumer<String> others) implements Consumer<String> {

    private static final long PATIENCE_SECONDS = 30;

    @Override
    public void accept(String appId) {
        broker.forget(appId)
                .toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        takeFrom(store, appId);
        others.accept(appId);
    }

    /// Goes on with what the last process could not finish. To be called before anything of it is
    /// restored.
    static void goOn(Store store, Registry registry) {
        for (String appId : registry.leaving()) {
            takeFrom(store, appId);
            registry.gone(appId);
        }
    }

    private static void takeFrom(Store store, String appId) {
        Removal.from(store, id -> Principal.isOf(appId, id), "app/" + appId);
    }
}
