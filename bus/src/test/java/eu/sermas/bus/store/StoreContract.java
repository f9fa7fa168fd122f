package eu.sermas.bus.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import eu.sermas.bus.store.Store.Family;
import eu.sermas.bus.store.Store.Safety;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [Store] promises; each kind of store has a test class that extends this one.
public abstract class StoreContract {

    private Store store;

    protected abstract Store open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void aNewStoreHasNoRecords() {
        assertThat(get(Family.APP, "key")).isNull();
        assertThat(keys(Family.APP, "")).isEmpty();
    }

    @Test
    void whatIsCommittedCanBeRead() {
        commit(new Batch().put(Family.APP, bytes("key"), bytes("value")));

        assertThat(get(Family.APP, "key")).isEqualTo("value");
        assertThat(get(Family.APP, "ke")).isNull();
        assertThat(get(Family.APP, "key1")).isNull();
    }

    @Test
    void familiesAreApart() {
        commit(new Batch().put(Family.APP, bytes("key"), bytes("app")));
        commit(new Batch().put(Family.USER, bytes("key"), bytes("user")));
        commit(new Batch().delete(Family.APP, bytes("key")));

        assertThat(get(Family.APP, "key")).isNull();
        assertThat(get(Family.USER, "key")).isEqualTo("user");
        assertThat(get(Family.REFRESH_TOKEN, "key")).isNull();
    }

    @Test
    void anEmptyValueIsNotTheSameAsNone() {
        commit(new Batch().put(Family.APP, bytes("key"), new byte[0]));

        assertThat(get(Family.APP, "key")).isEmpty();
    }

    @Test
    void anEmptyBatchCompletes() {
        commit(new Batch());
    }

    @Test
    void ofTwoChangesOfOneKeyTheLaterHolds() {
        commit(
                new Batch()
                        .put(Family.APP, bytes("kept"), bytes("1"))
                        .delete(Family.APP, bytes("kept"))
                        .put(Family.APP, bytes("kept"), bytes("2"))
                        .put(Family.APP, bytes("deleted"), bytes("1"))
                        .delete(Family.APP, bytes("deleted")));

        assertThat(get(Family.APP, "kept")).isEqualTo("2");
        assertThat(get(Family.APP, "deleted")).isNull();
    }

    @Test
    void batchesTakeEffectInTheOrderInWhichTheyWereHandedOver() {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Batch batch = new Batch().put(Family.APP, bytes("key"), bytes("" + i));
            stages.add(store.commit(batch).toCompletableFuture());
        }
        stages.forEach(CompletableFuture::join);

        assertThat(get(Family.APP, "key")).isEqualTo("999");
    }

    @Test
    void aRangeIsDeletedUpToItsEnd() {
        commit(
                new Batch()
                        .put(Family.QUEUE, bytes("a"), bytes("1"))
                        .put(Family.QUEUE, bytes("b"), bytes("1"))
                        .put(Family.QUEUE, bytes("bb"), bytes("1"))
                        .put(Family.QUEUE, bytes("c"), bytes("1"))
                        .put(Family.MESSAGE, bytes("b"), bytes("another family")));
        commit(new Batch().deleteRange(Family.QUEUE, bytes("b"), bytes("c")));

        assertThat(keys(Family.QUEUE, "")).containsExactly("a", "c");
        assertThat(get(Family.QUEUE, "bb")).isNull();
        assertThat(get(Family.MESSAGE, "b")).isEqualTo("another family");
    }

    @Test
    void aRangeWithoutRecordsMayBeDeleted() {
        commit(
                new Batch()
                        .deleteRange(Family.QUEUE, bytes("a"), bytes("b"))
                        .deleteRange(Family.QUEUE, bytes("c"), bytes("c")));

        assertThat(keys(Family.QUEUE, "")).isEmpty();
    }

    @Test
    void aRangeThatEndsBeforeItBeginsIsRefused() {
        Batch batch = new Batch();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> batch.deleteRange(Family.QUEUE, bytes("b"), bytes("a")))
                .withMessage("range: from 62 to 61 (expected: ascending)");
        assertThat(batch.isEmpty()).isTrue();
    }

    @Test
    void withinABatchARangeDeletesWhatCameBeforeItAlone() {
        commit(
                new Batch()
                        .put(Family.QUEUE, bytes("b1"), bytes("before"))
                        .put(Family.QUEUE, bytes("b2"), bytes("before"))
                        .deleteRange(Family.QUEUE, bytes("b"), bytes("c"))
                        .put(Family.QUEUE, bytes("b2"), bytes("behind")));

        assertThat(keys(Family.QUEUE, "")).containsExactly("b2");
        assertThat(get(Family.QUEUE, "b2")).isEqualTo("behind");
    }

    @Test
    void acrossBatchesARangeDeletesWhatCameBeforeItAlone() {
        store.commit(new Batch().put(Family.QUEUE, bytes("b1"), bytes("before")), Safety.WRITTEN);
        store.commit(new Batch().put(Family.QUEUE, bytes("b2"), bytes("before")), Safety.SYNCED);
        store.commit(new Batch().deleteRange(Family.QUEUE, bytes("b"), bytes("c")), Safety.WRITTEN);
        commit(new Batch().put(Family.QUEUE, bytes("b2"), bytes("behind")));

        assertThat(keys(Family.QUEUE, "")).containsExactly("b2");
        assertThat(get(Family.QUEUE, "b2")).isEqualTo("behind");
    }

    @Test
    void aBatchTakesTheChangesOfAnotherBehindItsOwn() {
        Batch first = new Batch().put(Family.QUEUE, bytes("a"), bytes("1"));
        Batch second =
                new Batch()
                        .delete(Family.QUEUE, bytes("a"))
                        .put(Family.QUEUE, bytes("b"), bytes("22"))
                        .deleteRange(Family.QUEUE, bytes("x"), bytes("y"));
        first.addAll(second);
        commit(first);

        assertThat(keys(Family.QUEUE, "")).containsExactly("b");
        assertThat(first.bytes()).isEqualTo(2 + 1 + 3 + 2);
    }

    @ParameterizedTest
    @EnumSource
    void aCommitOfAnySafetyIsVisibleOnceItIsComplete(Safety safety) {
        store.commit(new Batch().put(Family.QUEUE, bytes("key"), bytes("value")), safety)
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();

        assertThat(get(Family.QUEUE, "key")).isEqualTo("value");
    }

    @Test
    void aStoreThatIsWellHasNoFailure() {
        commit(new Batch().put(Family.APP, bytes("key"), bytes("value")));

        assertThat(store.failure()).isNull();
    }

    @Test
    void aScanVisitsThePrefixInTheOrderOfUnsignedBytes() {
        byte[][] keys = {
            {1}, {1, 0}, {1, 0x7f}, {1, (byte) 0x80}, {1, (byte) 0xff}, {1, (byte) 0xff, 0}, {2}
        };
        Batch batch = new Batch().put(Family.APP, new byte[] {0, 1}, bytes("before"));
        for (byte[] key : keys) {
            batch.put(Family.APP, key, key);
        }
        commit(batch);

        List<byte[]> visited = new ArrayList<>();
        store.scan(
                Family.APP,
                new byte[] {1},
                (key, value) -> {
                    assertThat(value).isEqualTo(key);
                    return visited.add(key);
                });

        assertThat(visited).containsExactly(Arrays.copyOf(keys, keys.length - 1));
    }

    @Test
    void aScanWithAPrefixOfTheHighestBytesEndsWithTheFamily() {
        commit(
                new Batch()
                        .put(Family.APP, new byte[] {(byte) 0xff, (byte) 0xff, 1}, bytes("in"))
                        .put(Family.APP, new byte[] {(byte) 0xff, (byte) 0xfe}, bytes("out"))
                        .put(Family.USER, new byte[] {(byte) 0xff, (byte) 0xff}, bytes("user")));

        List<String> values = new ArrayList<>();
        store.scan(
                Family.APP,
                new byte[] {(byte) 0xff, (byte) 0xff},
                (_, value) -> values.add(new String(value, UTF_8)));

        assertThat(values).containsExactly("in");
    }

    @Test
    void aScanEndsWhenTheVisitorSaysSo() {
        Batch batch = new Batch();
        IntStream.range(0, 10).forEach(i -> batch.put(Family.APP, bytes("k" + i), bytes("v")));
        commit(batch);

        List<String> visited = new ArrayList<>();
        store.scan(
                Family.APP,
                bytes("k"),
                (key, _) -> {
                    visited.add(new String(key, UTF_8));
                    return visited.size() < 3;
                });

        assertThat(visited).containsExactly("k0", "k1", "k2");
    }

    @Test
    void aScanSeesTheRecordsAsTheyWereWhenItBegan() {
        commit(
                new Batch()
                        .put(Family.APP, bytes("a"), bytes("1"))
                        .put(Family.APP, bytes("b"), bytes("1")));

        List<String> visited = new ArrayList<>();
        store.scan(
                Family.APP,
                bytes(""),
                (key, value) -> {
                    commit(
                            new Batch()
                                    .put(Family.APP, bytes("b"), bytes("2"))
                                    .put(Family.APP, bytes("c"), bytes("2")));
                    return visited.add(new String(key, UTF_8) + new String(value, UTF_8));
                });

        assertThat(visited).containsExactly("a1", "b1");
        assertThat(keys(Family.APP, "")).containsExactly("a", "b", "c");
    }

    @Test
    void aScanOfARangeVisitsItUpToItsEnd() {
        Batch batch = new Batch();
        for (int i = 0; i < 10; i++) {
            batch.put(Family.QUEUE, bytes("k" + i), bytes("v" + i));
        }
        commit(batch.put(Family.MESSAGE, bytes("k4"), bytes("another family")));

        List<String> visited = new ArrayList<>();
        store.scan(
                Family.QUEUE,
                bytes("k3"),
                bytes("k6"),
                (key, value) -> visited.add(new String(key, UTF_8) + new String(value, UTF_8)));

        assertThat(visited).containsExactly("k3v3", "k4v4", "k5v5");
    }

    @Test
    void aScanOfARangeBeginsBetweenRecordsAndEndsWhenTheVisitorSaysSo() {
        commit(
                new Batch()
                        .put(Family.QUEUE, bytes("a"), bytes("1"))
                        .put(Family.QUEUE, bytes("c"), bytes("1"))
                        .put(Family.QUEUE, bytes("d"), bytes("1")));

        List<String> visited = new ArrayList<>();
        store.scan(
                Family.QUEUE,
                bytes("b"),
                bytes("z"),
                (key, _) -> {
                    visited.add(new String(key, UTF_8));
                    return false;
                });
        store.scan(Family.QUEUE, bytes("c"), bytes("c"), (_, _) -> visited.add("none"));

        assertThat(visited).containsExactly("c");
    }

    @Test
    void aTaskThatReadsIsRunOnceAndMayUseTheStore() throws InterruptedException {
        commit(new Batch().put(Family.QUEUE, bytes("key"), bytes("value")));
        List<String> read = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(1);

        store.read(
                () -> {
                    read.addAll(keys(Family.QUEUE, ""));
                    done.countDown();
                });

        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(read).containsExactly("key");
    }

    @Test
    void aBatchBecomesVisibleAsAWhole() throws InterruptedException {
        AtomicBoolean torn = new AtomicBoolean();
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch reading = new CountDownLatch(1);
        Thread reader =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (!done.get()) {
                                        List<String> values = new ArrayList<>();
                                        store.scan(
                                                Family.APP,
                                                bytes("k"),
                                                (_, value) -> values.add(new String(value, UTF_8)));
                                        torn.compareAndSet(
                                                false, values.stream().distinct().count() > 1);
                                        reading.countDown();
                                    }
                                });
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        for (int round = 0; round < 300; round++) {
            Batch batch = new Batch();
            byte[] value = bytes("" + round);
            IntStream.range(0, 20).forEach(i -> batch.put(Family.APP, bytes("k" + i), value));
            commit(batch);
        }
        done.set(true);
        reader.join();

        assertThat(torn).isFalse();
    }

    @Test
    void behavesAsASortedMapDoes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TreeMap<String, String> model = new TreeMap<>();
        for (int round = 0; round < 200; round++) {
            Batch batch = new Batch();
            for (int i = random.nextInt(20); i >= 0; i--) {
                String key = Integer.toString(random.nextInt(300), 7);
                switch (random.nextInt(8)) {
                    case 0, 1 -> {
                        batch.delete(Family.APP, bytes(key));
                        model.remove(key);
                    }
                    case 2 -> {
                        batch.deleteRange(Family.APP, bytes(key), bytes(key + "3"));
                        model.subMap(key, key + "3").clear();
                    }
                    default -> {
                        batch.put(Family.APP, bytes(key), bytes("" + round));
                        model.put(key, "" + round);
                    }
                }
            }
            commit(batch);
            String prefix = Integer.toString(random.nextInt(40), 7);
            assertThat(keys(Family.APP, prefix))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(model.keySet().stream().filter(k -> k.startsWith(prefix)).toList());
        }
        model.forEach((key, value) -> assertThat(get(Family.APP, key)).isEqualTo(value));
    }

    @Test
    void closeWaitsForWhatWasHandedOver() {
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Batch batch = new Batch().put(Family.APP, bytes("key" + i), bytes("value"));
            stages.add(store.commit(batch).toCompletableFuture());
        }
        store.close();

        assertThat(stages).allMatch(stage -> stage.isDone() && !stage.isCompletedExceptionally());
    }

    @Test
    void aClosedStoreRefuses() {
        store.close();
        store.close();

        assertThatThrownBy(() -> get(Family.APP, "key")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> keys(Family.APP, "")).isInstanceOf(StoreException.class);
        Batch batch = new Batch().put(Family.APP, bytes("key"), bytes("value"));
        assertThatThrownBy(() -> commit(batch))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreException.class);
    }

    protected final void commit(Batch batch) {
        store.commit(batch).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private @Nullable String get(Family family, String key) {
        byte[] value = store.get(family, bytes(key));
        return value == null ? null : new String(value, UTF_8);
    }

    private List<String> keys(Family family, String prefix) {
        List<String> keys = new ArrayList<>();
        store.scan(family, bytes(prefix), (key, _) -> keys.add(new String(key, UTF_8)));
        return keys;
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
