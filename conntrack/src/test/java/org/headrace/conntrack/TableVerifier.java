package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.ConnectionTableDescriptor.FIRST_FREE_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.GENERATION_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.LIVE;
import static org.headrace.conntrack.EntryDescriptor.NEXT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PREVIOUS_OFFSET;

import java.util.BitSet;

/** Checks every invariant of {@code DESIGN_NOTES.md} section 6 by looking at every byte that takes part in one. */
final class TableVerifier
{
    private static final int NONE = -1;

    private final ConnectionTable table;
    private final long base;
    private final int everUsed;
    private final BitSet live = new BitSet();

    private TableVerifier(final ConnectionTable table)
    {
        this.table = table;
        base = table.memory().address();
        everUsed = table.header().everUsed();
    }

    static void verify(final ConnectionTable table)
    {
        final TableVerifier verifier = new TableVerifier(table);
        verifier.verifyCounts();
        verifier.verifyFreeList();
        verifier.verifyWheel();
        verifier.verifyIndex();
        verifier.verifyPassed();
    }

    private void verifyCounts()
    {
        assertThat(table.header().intent()).as("intent").isZero();
        assertThat(everUsed).as("everUsed").isBetween(0, table.capacity());
        final int[] byState = new int[16];
        for (int index = 0; index < everUsed; index++)
        {
            final boolean isLive = (EntryFlyweight.flags(table.entry(index)) & LIVE) != 0;
            final int generation = OffHeap.getUnsignedShort(table.side(index) + GENERATION_OFFSET);
            assertThat(generation & 1).as("generation of %d", index).isEqualTo(isLive ? 1 : 0);
            if (isLive)
            {
                live.set(index);
                byState[table.state(index)]++;
            }
        }
        assertThat(table.size()).as("size").isEqualTo(live.cardinality());
        for (int state = 0; state < byState.length; state++)
        {
            assertThat(table.count(state)).as("count of state %d", state).isEqualTo(byState[state]);
        }
        assertThat(table.created()).as("created")
            .isEqualTo(table.size() + table.expired() + table.evicted() + table.removed());
    }

    private void verifyFreeList()
    {
        final BitSet free = new BitSet();
        int index = OffHeap.getInt(base + FIRST_FREE_OFFSET);
        while (index != NONE)
        {
            assertThat(index).as("free").isBetween(0, everUsed - 1);
            assertThat(live.get(index) || free.get(index)).as("free %d is live or twice free", index).isFalse();
            free.set(index);
            index = OffHeap.getInt(table.side(index) + NEXT_OFFSET);
        }
        assertThat(free.cardinality()).as("free places").isEqualTo(everUsed - live.cardinality());
    }

    private void verifyWheel()
    {
        final BitSet linked = new BitSet();
        for (int wheelClass = 0; wheelClass < ExpiryWheel.CLASSES; wheelClass++)
        {
            final long bitmap = base + ConnectionTableDescriptor.WHEEL_OFFSET + ExpiryWheel.SLOTS_LENGTH +
                (long)wheelClass * ExpiryWheel.BITMAP_LENGTH;
            long summary = 0;
            for (int slot = 0; slot < ExpiryWheel.SLOTS; slot++)
            {
                final boolean isUsed = verifySlot(wheelClass, slot, linked);
                final long word = OffHeap.getLong(bitmap + (slot >>> 6 << 3));
                assertThat(word >>> slot & 1).as("bit of class %d slot %d", wheelClass, slot).isEqualTo(isUsed ? 1 : 0);
                summary |= word != 0 ? 1L << (slot >>> 6) : 0;
            }
            assertThat(OffHeap.getLong(bitmap + 512)).as("summary of class %d", wheelClass).isEqualTo(summary);
        }
        assertThat(linked).as("linked").isEqualTo(live);
    }

    private boolean verifySlot(final int wheelClass, final int slot, final BitSet linked)
    {
        final int number = wheelClass << ExpiryWheel.SLOT_BITS | slot;
        final long address = base + ConnectionTableDescriptor.WHEEL_OFFSET + ((long)number << 3);
        final long cursor = table.wheel().cursor();
        final long tick = cursor + (slot - cursor & ExpiryWheel.SLOTS - 1);
        int previous = ~number;
        int index = OffHeap.getInt(address);
        final boolean isUsed = index != NONE;
        while (isUsed && index != ~number)
        {
            assertThat(live.get(index)).as("linked %d is live", index).isTrue();
            assertThat(linked.get(index)).as("linked %d is there once", index).isFalse();
            linked.set(index);
            assertThat(OffHeap.getInt(table.side(index) + PREVIOUS_OFFSET)).as("previous of %d", index)
                .isEqualTo(previous);
            assertThat(ExpiryWheel.classOf(table.state(index))).as("class of %d", index).isEqualTo(wheelClass);
            final long deadlineTick = table.deadlineMs(index) + 255 >> ExpiryWheel.TICK_SHIFT;
            assertThat(tick).as("tick of %d", index).isLessThanOrEqualTo(Math.max(cursor, deadlineTick));
            previous = index;
            index = OffHeap.getInt(table.side(index) + NEXT_OFFSET);
        }
        assertThat(OffHeap.getInt(address + 4)).as("last of slot %d", number).isEqualTo(isUsed ? previous : NONE);
        return isUsed;
    }

    private void verifyIndex()
    {
        long flows = 0;
        for (int index = live.nextSetBit(0); index >= 0; index = live.nextSetBit(index + 1))
        {
            assertThat(find(index, IN)).as("IN of %d", index).isEqualTo(index << 1);
            flows++;
            if (!table.isOneWay(index))
            {
                assertThat(find(index, REPLY)).as("REPLY of %d", index).isEqualTo(index << 1 | REPLY);
                flows++;
            }
        }
        assertThat(table.tupleIndex().countFlows()).as("flows").isEqualTo(flows);
    }

    private int find(final int index, final int direction)
    {
        final int source = direction == IN ? table.clientPort(index) : table.serverPort(index);
        final int destination = direction == IN ? table.virtualPort(index) : table.localPort(index);
        final int protocol = table.protocol(index);
        final boolean isIn = direction == IN;
        if (table.isIpv6(index))
        {
            final long sourceHigh = isIn ? table.clientHigh(index) : table.serverHigh(index);
            final long sourceLow = isIn ? table.clientLow(index) : table.serverLow(index);
            final long destinationHigh = isIn ? table.virtualHigh(index) : table.localHigh(index);
            final long destinationLow = isIn ? table.virtualLow(index) : table.localLow(index);
            final long hash = table.hashIpv6(protocol, sourceHigh, sourceLow, source, destinationHigh, destinationLow,
                destination);
            return table.findIpv6(hash, protocol, sourceHigh, sourceLow, source, destinationHigh, destinationLow,
                destination);
        }
        final int from = isIn ? table.clientAddress(index) : table.serverAddress(index);
        final int to = isIn ? table.virtualAddress(index) : table.localAddress(index);
        final long hash = table.hashIpv4(protocol, from, source, to, destination);
        return table.findIpv4(hash, protocol, from, source, to, destination);
    }

    /** Counts for every bucket the flows that passed it on their way: none may be missing in its mark. */
    private void verifyPassed()
    {
        final long buckets = base + ConnectionTableDescriptor.bucketsOffset();
        final int pairCount = ConnectionTableDescriptor.pairCount(table.capacity());
        final int[] passed = new int[2 * pairCount];
        for (int index = live.nextSetBit(0); index >= 0; index = live.nextSetBit(index + 1))
        {
            for (int direction = IN; direction <= (table.isOneWay(index) ? IN : REPLY); direction++)
            {
                final long hash = table.storedHash(index, direction);
                long offset = BucketDescriptor.homeOffset(hash, pairCount);
                for (int probe = 0; !holds(buckets + offset, index << 1 | direction); probe++)
                {
                    passed[(int)(offset / BucketDescriptor.LENGTH)]++;
                    offset = BucketDescriptor.nextOffset(offset, probe, hash, pairCount);
                }
            }
        }
        for (int bucket = 0; bucket < passed.length; bucket++)
        {
            assertThat(OffHeap.getInt(buckets + (long)bucket * BucketDescriptor.LENGTH +
                BucketDescriptor.PASSED_OFFSET)).as("passed of bucket %d", bucket)
                .isGreaterThanOrEqualTo(passed[bucket]);
        }
    }

    private static boolean holds(final long bucket, final int flow)
    {
        for (int slot = 0; slot < BucketDescriptor.SLOTS; slot++)
        {
            if (OffHeap.getUnsignedShort(bucket + (slot << 1)) != 0 &&
                OffHeap.getInt(bucket + BucketDescriptor.FLOWS_OFFSET + (slot << 2)) == flow)
            {
                return true;
            }
        }
        return false;
    }
}
