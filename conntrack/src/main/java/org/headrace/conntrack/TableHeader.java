package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTableDescriptor.EVER_USED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.FIRST_FREE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.INTENT_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.SIZE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.STATE_COUNTS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.GENERATION_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.NEXT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.SIDE_LENGTH;

import java.lang.invoke.VarHandle;

/** The part of the header that changes: counts, free places, and what the writer is in the middle of. */
final class TableHeader
{
    static final long INTENT_INSERT = 1L << 32;
    static final long INTENT_REMOVE = 2L << 32;
    static final long INTENT_REARM = 3L << 32;

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
        OffHeap.putInt(header + FIRST_FREE_OFFSET, NONE);
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
            OffHeap.putInt(header + FIRST_FREE_OFFSET, OffHeap.getInt(side + NEXT_OFFSET));
            return;
        }
        // the memory need not have been zero, and a reader looks at what stands below this mark
        OffHeap.putShort(side + GENERATION_OFFSET, 0);
        OffHeap.putIntRelease(header + EVER_USED_OFFSET, everUsed + 1);
    }

    void giveFree(final int index)
    {
        OffHeap.putInt(side(index) + NEXT_OFFSET, OffHeap.getInt(header + FIRST_FREE_OFFSET));
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
