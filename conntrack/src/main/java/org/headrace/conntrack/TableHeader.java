package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTableDescriptor.EPOCH_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EVER_USED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.FIRST_FREE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.INTENT_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.OWNER_PID_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.SIZE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.STATE_COUNTS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.GENERATION_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.NEXT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.SIDE_LENGTH;

import java.lang.invoke.VarHandle;

/** The part of the header that changes: counts, free places, and what the writer is in the middle of. */
final class TableHeader
{
    static final long INTENT_INSERT = TornOperation.INSERT.intent();
    static final long INTENT_REMOVE = TornOperation.REMOVE.intent();
    static final long INTENT_REARM = TornOperation.REARM.intent();
    static final long INTENT_EXPIRE = TornOperation.EXPIRE.intent();
    static final long INTENT_EVICT = TornOperation.EVICT.intent();

    private static final int NONE = -1;

    private final long header;
    private final long sides;

    TableHeader(final long header, final long sides)
    {
        this.header = header;
        this.sides = sides;
    }

    void clear()
    {
        firstFree(NONE);
    }

    /** Says what is about to happen to which connection, for whoever finds the memory after a kill. */
    void begin(final long intent, final int index)
    {
        OffHeap.putLongRelease(header + INTENT_OFFSET, intent | index);
        VarHandle.releaseFence();
    }

    void end()
    {
        OffHeap.putLongRelease(header + INTENT_OFFSET, 0);
    }

    long intent()
    {
        return OffHeap.getLong(header + INTENT_OFFSET);
    }

    long ownerPid()
    {
        return OffHeap.getLong(header + OWNER_PID_OFFSET);
    }

    /** Owners so far. */
    long epoch()
    {
        return OffHeap.getLong(header + EPOCH_OFFSET);
    }

    void owner(final long pid, final long epoch)
    {
        OffHeap.putLong(header + OWNER_PID_OFFSET, pid);
        OffHeap.putLong(header + EPOCH_OFFSET, epoch);
    }

    int everUsed()
    {
        return OffHeap.getInt(header + EVER_USED_OFFSET);
    }

    int size()
    {
        return OffHeap.getInt(header + SIZE_OFFSET);
    }

    void changeSize(final int change)
    {
        OffHeap.putInt(header + SIZE_OFFSET, size() + change);
    }

    int stateCount(final int state)
    {
        return OffHeap.getInt(header + STATE_COUNTS_OFFSET + (state << 2));
    }

    void changeStateCount(final int state, final int change)
    {
        OffHeap.putInt(header + STATE_COUNTS_OFFSET + (state << 2), stateCount(state) + change);
    }

    /** @return 1 if the count was another one, 0 if it was right. */
    int correct(final int offset, final int count)
    {
        final int found = OffHeap.getInt(header + offset);
        OffHeap.putInt(header + offset, count);
        return found == count ? 0 : 1;
    }

    /** @return 1 if the counter was another one, 0 if it was right. */
    int correct(final int offset, final long count)
    {
        final long found = OffHeap.getLong(header + offset);
        OffHeap.putLong(header + offset, count);
        return found == count ? 0 : 1;
    }

    long counter(final int offset)
    {
        return OffHeap.getLong(header + offset);
    }

    void increment(final int offset)
    {
        OffHeap.putLong(header + offset, OffHeap.getLong(header + offset) + 1);
    }

    /** The place freed last, which is still in the cache, or else the next one that was never used. */
    int nextFree()
    {
        final int first = OffHeap.getInt(header + FIRST_FREE_OFFSET);
        return first != NONE ? first : OffHeap.getInt(header + EVER_USED_OFFSET);
    }

    void takeFree(final int index)
    {
        final long side = side(index);
        final int everUsed = OffHeap.getInt(header + EVER_USED_OFFSET);
        if (index < everUsed)
        {
            firstFree(OffHeap.getInt(side + NEXT_OFFSET));
            return;
        }
        // the memory need not have been zero, and a reader looks at what stands below this mark
        OffHeap.putShort(side + GENERATION_OFFSET, 0);
        OffHeap.putIntRelease(header + EVER_USED_OFFSET, everUsed + 1);
    }

    void giveFree(final int index)
    {
        OffHeap.putInt(side(index) + NEXT_OFFSET, OffHeap.getInt(header + FIRST_FREE_OFFSET));
        firstFree(index);
    }

    /** The list of free places while it is made anew: the first one, or -1. */
    void firstFree(final int index)
    {
        OffHeap.putInt(header + FIRST_FREE_OFFSET, index);
    }

    /** Odd publishes a connection to the readers, which then see all that was stored before; even withdraws it. */
    void nextGeneration(final int index)
    {
        final long generation = side(index) + GENERATION_OFFSET;
        OffHeap.putShortRelease(generation, OffHeap.getUnsignedShort(generation) + 1);
    }

    private long side(final int index)
    {
        return sides + (long)index * SIDE_LENGTH;
    }
}
