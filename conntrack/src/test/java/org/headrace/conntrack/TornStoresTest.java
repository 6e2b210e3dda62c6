package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.BucketDescriptor.FLOWS_OFFSET;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.NOT_FOUND;
import static org.headrace.conntrack.ConnectionTableDescriptor.EVER_USED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.INTENT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.ENTRY_SHIFT;
import static org.headrace.conntrack.EntryDescriptor.EXTENSION_SHIFT;
import static org.headrace.conntrack.EntryDescriptor.FLAGS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.GENERATION_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.SIDE_LENGTH;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Every state that the write order of {@code DESIGN_NOTES.md} section 7 allows, not only those that a processor is
 * caught in: the stores of an insert or a removal are found by comparing the memory before and after, and those that
 * the order says nothing about are left out and put in at random.
 */
class TornStoresTest
{
    /** What the order tells apart. Everything else may be stored at any time: counts, lists, the wheel. */
    private enum Part
    {
        ANY, EVER_USED, ENTRY, FLAGS, MARKS, TAGS, GENERATION
    }

    private enum Choice
    {
        NONE, SOME, ALL
    }

    private record Store(long offset, int length)
    {
    }

    private static final int CAPACITY = 60;
    private static final int KEYS = 150;
    private static final int OPERATIONS = 700;
    private static final int TRIES = 3;
    private static final int STAGES = 5;
    private static final long LENGTH = ConnectionTableDescriptor.requiredBytes(CAPACITY);

    private final Random random = new Random(TestTables.SEED);
    private final Map<Part, List<Store>> stores = new EnumMap<>(Part.class);
    private final MemorySegment memory = TestTables.memory(CAPACITY);
    private final MemorySegment before = TestTables.memory(CAPACITY);
    private final MemorySegment torn = Arena.ofAuto().allocate(LENGTH, ConnectionTableDescriptor.ALIGNMENT);
    private KillWorkload workload;
    private KillModel model;
    private int inserts;
    private int removals;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMendEveryStateThatTheOrderAllows(final boolean isEveryHashEqual) throws TableRefusedException
    {
        System.out.println("TornStoresTest seed=" + TestTables.SEED);
        final long seed = isEveryHashEqual ?
            TestTables.seedWithSecretOne((1234L << 16 | 80) << 8 | TestTables.TCP) : TestTables.SEED;
        workload = new KillWorkload(TestTables.SEED, KEYS, isEveryHashEqual);
        model = new KillModel(CAPACITY, KEYS);
        final List<Long> events = new ArrayList<>();
        final ConnectionTable table = ConnectionTable.create(memory, CAPACITY, seed, KillWriter.CLOCK, 1,
            KillWorkload.timeouts(), (source, index, reason) -> events.add(
                (long)KillProgress.LEAVING + reason.ordinal() << 20 | source.serverSlot(index)), workload.nowMs());
        for (int i = 0; i < OPERATIONS; i++)
        {
            workload.next();
            before.copyFrom(memory);
            final int flow = workload.find(table, workload.key(), IN);
            final KillModel formerModel = new KillModel(model);
            final int result = workload.perform(table);
            final boolean isEviction = !events.isEmpty();
            if (workload.kind() == KillWorkload.Kind.INSERT)
            {
                events.add((long)KillProgress.whatOfResult(result) << 20 | workload.key());
            }
            model.apply(workload, events);
            events.clear();
            if (workload.kind() == KillWorkload.Kind.INSERT && result >= 0 && !isEviction)
            {
                inserts++;
                tear(result, true, formerModel, table);
            }
            else if (workload.kind() == KillWorkload.Kind.REMOVE && flow != NOT_FOUND)
            {
                removals++;
                tear(flow >>> 1, false, model, table);
            }
        }
        System.out.println("TornStoresTest inserts=" + inserts + " removals=" + removals + " states each=" +
            STAGES * TRIES);
        assertThat(inserts).isGreaterThan(50);
        assertThat(removals).isGreaterThan(20);
    }

    private void tear(final int index, final boolean isInsert, final KillModel expected, final ConnectionTable table)
        throws TableRefusedException
    {
        collectStores(index);
        for (int i = 0; i < STAGES * TRIES; i++)
        {
            torn.copyFrom(before);
            put(Part.ANY, Choice.SOME);
            if (isInsert)
            {
                tearInsert(index, i % STAGES);
            }
            else
            {
                tearRemoval(i % STAGES);
            }
            final TornOperation operation = isInsert ? TornOperation.INSERT : TornOperation.REMOVE;
            torn.set(ValueLayout.JAVA_LONG, INTENT_OFFSET, operation.intent() | index);
            final ConnectionTable mended = ConnectionTable.attach(torn, CAPACITY, KillWriter.CLOCK, 1,
                KillWorkload.timeouts(), TestTables.NOBODY, (source, ignored) ->
                {
                }, workload.nowMs());
            assertThat(mended.attachReport().isIndexRebuilt()).as("stage %d of %s", i % STAGES, operation).isFalse();
            TableVerifier.verify(mended);
            compare(mended, expected);
            assertThat(mended.removed()).isEqualTo(table.removed());
            assertThat(mended.created()).isEqualTo(table.created() - (isInsert ? 1 : 0));
        }
    }

    private void tearInsert(final int index, final int stage)
    {
        put(Part.EVER_USED, stage >= 2 ? Choice.ALL : Choice.SOME);
        put(Part.ENTRY, stage >= 1 ? Choice.ALL : Choice.SOME);
        put(Part.MARKS, stage >= 2 ? Choice.ALL : Choice.SOME);
        put(Part.FLAGS, stage >= 1 ? Choice.ALL : Choice.NONE);
        put(Part.TAGS, stage >= 3 ? Choice.ALL : stage == 2 ? Choice.SOME : Choice.NONE);
        // a place that is used for the first time has its generation made 0 before anything else
        final long generation = ConnectionTableDescriptor.sidesOffset(CAPACITY) + (long)index * SIDE_LENGTH +
            GENERATION_OFFSET;
        torn.set(ValueLayout.JAVA_SHORT, generation, (short)(memory.get(ValueLayout.JAVA_SHORT, generation) - 1));
        put(Part.GENERATION, stage >= 4 ? Choice.ALL : Choice.NONE);
    }

    private void tearRemoval(final int stage)
    {
        put(Part.TAGS, stage >= 1 ? Choice.ALL : Choice.SOME);
        put(Part.MARKS, stage >= 2 ? Choice.ALL : stage == 1 ? Choice.SOME : Choice.NONE);
        put(Part.GENERATION, stage >= 3 ? Choice.ALL : Choice.NONE);
        put(Part.FLAGS, stage >= 4 ? Choice.ALL : Choice.NONE);
    }

    private void put(final Part part, final Choice choice)
    {
        for (final Store store : stores.getOrDefault(part, List.of()))
        {
            if (choice == Choice.ALL || choice == Choice.SOME && random.nextBoolean())
            {
                MemorySegment.copy(memory, store.offset, torn, store.offset, store.length);
            }
        }
    }

    /** Compares the memory in units no larger than the stores that are made there. */
    private void collectStores(final int index)
    {
        stores.clear();
        long different = MemorySegment.mismatch(before, 128, LENGTH, memory, 128, LENGTH);
        for (long from = 128; different >= 0; different = MemorySegment.mismatch(before, from, LENGTH, memory, from,
            LENGTH))
        {
            final int length = unit(from + different);
            final long start = (from + different) / length * length;
            stores.computeIfAbsent(part(start, index), ignored -> new ArrayList<>()).add(new Store(start, length));
            from = start + length;
        }
    }

    private static int unit(final long offset)
    {
        final long inBucket = offset - ConnectionTableDescriptor.bucketsOffset();
        final long inSides = offset - ConnectionTableDescriptor.sidesOffset(CAPACITY);
        final long inEntries = offset - ConnectionTableDescriptor.entriesOffset(CAPACITY);
        if (inEntries >= 0)
        {
            return (inEntries & 60) == (FLAGS_OFFSET & 60) ? 1 : 4;
        }
        final boolean isTag = inBucket >= 0 && inSides < 0 && inBucket % BucketDescriptor.LENGTH < FLOWS_OFFSET;
        return isTag || inSides >= 0 && inSides % SIDE_LENGTH >= GENERATION_OFFSET ? 2 : 4;
    }

    private static Part part(final long offset, final int index)
    {
        final long inBucket = offset - ConnectionTableDescriptor.bucketsOffset();
        final long inSide = offset - ConnectionTableDescriptor.sidesOffset(CAPACITY) - (long)index * SIDE_LENGTH;
        final long inEntry = offset - ConnectionTableDescriptor.entriesOffset(CAPACITY) - ((long)index << ENTRY_SHIFT);
        final long inExtension = offset - ConnectionTableDescriptor.extensionsOffset(CAPACITY) -
            ((long)index << EXTENSION_SHIFT);
        if (offset == EVER_USED_OFFSET)
        {
            return Part.EVER_USED;
        }
        if (inBucket >= 0 && inBucket < ConnectionTableDescriptor.bucketsLength(CAPACITY))
        {
            return inBucket % BucketDescriptor.LENGTH < FLOWS_OFFSET ? Part.TAGS : Part.MARKS;
        }
        if (inSide == GENERATION_OFFSET)
        {
            return Part.GENERATION;
        }
        if (inEntry == FLAGS_OFFSET)
        {
            return Part.FLAGS;
        }
        final boolean isEntry = inEntry >= 0 && inEntry < 64 || inExtension >= 0 && inExtension < 64;
        return isEntry ? Part.ENTRY : Part.ANY;
    }

    private void compare(final ConnectionTable table, final KillModel expected)
    {
        for (int key = 0; key < KEYS; key++)
        {
            final int flow = workload.find(table, key, IN);
            final KillModel.Connection found =
                flow == NOT_FOUND ? null : KillModel.Connection.read(table, flow >>> 1);
            assertThat(found).as("connection %d", key).isEqualTo(expected.get(key));
        }
        assertThat(table.size()).isEqualTo(expected.size());
    }
}
