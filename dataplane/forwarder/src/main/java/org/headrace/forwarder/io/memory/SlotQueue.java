package org.headrace.forwarder.io.memory;

/** First-in-first-out queue of slot numbers, with room for all of them. One thread. */
final class SlotQueue
{
    private final int[] slots;
    private int head;
    private int size;

    SlotQueue(final int capacity)
    {
        slots = new int[capacity];
    }

    boolean isEmpty()
    {
        return size == 0;
    }

    void add(final int slot)
    {
        slots[(head + size) % slots.length] = slot;
        size++;
    }

    int poll()
    {
        final int slot = slots[head];
        head = (head + 1) % slots.length;
        size--;
        return slot;
    }
}
