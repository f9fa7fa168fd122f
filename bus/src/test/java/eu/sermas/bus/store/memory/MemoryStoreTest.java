package eu.sermas.bus.store.memory;

import eu.sermas.bus.store.Store;
import eu.sermas.bus.store.StoreContract;

class MemoryStoreTest extends StoreContract {

    @Override
    protected Store open() {
        return new MemoryStore();
    }
}
