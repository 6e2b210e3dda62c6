package org.headrace.forwarder.control;

import org.agrona.collections.IntArrayList;

import java.util.BitSet;

/** Hands out slot numbers, lowest unused first, and takes them back. */
final class SlotAllocator
{
    private final IntArrayList free = new IntArrayList();
    private final int capacity;
    private int next;

    SlotAllocator(final int capacity)
    {
        this.capacity = capacity;
    }

    /** Takes these slots, as a predecessor had them; before any other is handed out. */
    void restore(final BitSet taken)
    {
        next = taken.length();
        for (int slot = taken.previousClearBit(next); slot >= 0; slot = taken.previousClearBit(slot - 1))
        {
            if (slot < next)
            {
                free.addInt(slot);
            }
        }
    }

    int available()
    {
        return capacity - next + free.size();
    }

    int allocate()
    {
        return free.isEmpty() ? next++ : free.popInt();
    }

    void release(final int slot)
    {
        free.addInt(slot);
    }
}
