package org.headrace.forwarder.control;

import org.agrona.collections.IntArrayList;

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
