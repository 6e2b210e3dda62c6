package org.headrace.perf.generate.tcp;

import org.headrace.forwarder.linux.NativeMemory;

import java.lang.foreign.Arena;

/**
 * State of the clients' connections: 32 bytes each, outside of the heap. A connection's place follows from its address
 * and port by arithmetic, so that nothing has to be searched.
 * <pre>
 *   0       1          2       4      8      12         16          20         24        28          32
 *  +-------+----------+-------+------+------+----------+-----------+----------+---------+-----------+
 *  | state | attempts | queue | next | last | deadline | sequence  | expected | started | remaining |
 *  +-------+----------+-------+------+------+----------+-----------+----------+---------+-----------+
 * </pre>
 * A slot is in one queue at most. All slots of a queue wait for the same time, so that it is in the order of their
 * deadlines: to arm, to disarm and to expire take the same few steps for a hundred connections or ten million.
 *
 * <p>For one thread.
 */
final class ConnectionSlots implements AutoCloseable
{
    static final int NONE = -1;

    private static final int SLOT_BYTES = 32;
    private static final int STATE = 0;
    private static final int ATTEMPTS = 1;
    private static final int QUEUE = 2;
    private static final int NEXT = 4;
    private static final int LAST = 8;
    private static final int DEADLINE = 12;
    private static final int SEQUENCE = 16;
    private static final int EXPECTED = 20;
    private static final int STARTED = 24;
    private static final int REMAINING = 28;
    /** Deadlines are counted in 2^20 ns, about a millisecond, and come round in a month. */
    private static final int TICK_SHIFT = 20;
    /** Starts are counted in 64 ns, and come round in four minutes. */
    private static final int START_SHIFT = 6;
    private static final int NOT_QUEUED = 0xFFFF;

    private final Arena arena = Arena.ofShared();
    private final long base;
    private final int[] heads;
    private final int[] tails;
    private final int[] sizes;

    /** Makes so many slots, all zero and in no queue, and so many queues. */
    ConnectionSlots(final int slots, final int queues)
    {
        base = arena.allocate((long)slots * SLOT_BYTES, SLOT_BYTES).address();
        heads = new int[queues];
        tails = new int[queues];
        sizes = new int[queues];
        java.util.Arrays.fill(heads, NONE);
        java.util.Arrays.fill(tails, NONE);
    }

    private long address(final int slot)
    {
        return base + (long)slot * SLOT_BYTES;
    }

    int state(final int slot)
    {
        return NativeMemory.getUnsignedByte(address(slot) + STATE);
    }

    void state(final int slot, final int state)
    {
        NativeMemory.putByte(address(slot) + STATE, state);
    }

    int attempts(final int slot)
    {
        return NativeMemory.getUnsignedByte(address(slot) + ATTEMPTS);
    }

    void attempts(final int slot, final int attempts)
    {
        NativeMemory.putByte(address(slot) + ATTEMPTS, attempts);
    }

    /** Number of the next byte to send. */
    int sequence(final int slot)
    {
        return NativeMemory.getInt(address(slot) + SEQUENCE);
    }

    void sequence(final int slot, final int sequence)
    {
        NativeMemory.putInt(address(slot) + SEQUENCE, sequence);
    }

    /** Number of the next byte to come. */
    int expected(final int slot)
    {
        return NativeMemory.getInt(address(slot) + EXPECTED);
    }

    void expected(final int slot, final int sequence)
    {
        NativeMemory.putInt(address(slot) + EXPECTED, sequence);
    }

    /** Bytes of the response that are still to come. */
    int remaining(final int slot)
    {
        return NativeMemory.getInt(address(slot) + REMAINING);
    }

    void remaining(final int slot, final int bytes)
    {
        NativeMemory.putInt(address(slot) + REMAINING, bytes);
    }

    void started(final int slot, final long nowNs)
    {
        NativeMemory.putInt(address(slot) + STARTED, (int)(nowNs >> START_SHIFT));
    }

    /** Returns nanoseconds since {@link #started}, if that is less than four minutes. */
    long sinceStarted(final int slot, final long nowNs)
    {
        return ((int)(nowNs >> START_SHIFT) - NativeMemory.getInt(address(slot) + STARTED) & 0xFFFF_FFFFL) <<
            START_SHIFT;
    }

    /** Puts a slot that is in no queue at the end of one. */
    void append(final int queue, final int slot, final long deadlineNs)
    {
        final long address = address(slot);
        NativeMemory.putShort(address + QUEUE, queue);
        NativeMemory.putInt(address + DEADLINE, (int)(deadlineNs >> TICK_SHIFT));
        NativeMemory.putInt(address + NEXT, NONE);
        NativeMemory.putInt(address + LAST, tails[queue]);
        if (tails[queue] == NONE)
        {
            heads[queue] = slot;
        }
        else
        {
            NativeMemory.putInt(address(tails[queue]) + NEXT, slot);
        }
        tails[queue] = slot;
        sizes[queue]++;
    }

    /** Takes a slot out of its queue, if it is in one. */
    void remove(final int slot)
    {
        final long address = address(slot);
        final int queue = NativeMemory.getUnsignedShort(address + QUEUE);
        final int next = NativeMemory.getInt(address + NEXT);
        final int last = NativeMemory.getInt(address + LAST);
        if (queue == NOT_QUEUED)
        {
            return;
        }
        if (last == NONE)
        {
            heads[queue] = next;
        }
        else
        {
            NativeMemory.putInt(address(last) + NEXT, next);
        }
        if (next == NONE)
        {
            tails[queue] = last;
        }
        else
        {
            NativeMemory.putInt(address(next) + LAST, last);
        }
        NativeMemory.putShort(address + QUEUE, NOT_QUEUED);
        sizes[queue]--;
    }

    /** Says of a slot that has never been used that it is in no queue. */
    void begin(final int slot)
    {
        NativeMemory.putShort(address(slot) + QUEUE, NOT_QUEUED);
    }

    /** Takes the first of a queue out of it; {@link #NONE} if there is none. */
    int takeFirst(final int queue)
    {
        final int slot = heads[queue];
        if (slot != NONE)
        {
            remove(slot);
        }
        return slot;
    }

    /** Takes the first of a queue out of it if its deadline has come; {@link #NONE} if there is none. */
    int takeExpired(final int queue, final long nowNs)
    {
        final int slot = heads[queue];
        if (slot == NONE || (int)(nowNs >> TICK_SHIFT) - NativeMemory.getInt(address(slot) + DEADLINE) < 0)
        {
            return NONE;
        }
        remove(slot);
        return slot;
    }

    int size(final int queue)
    {
        return sizes[queue];
    }

    @Override
    public void close()
    {
        arena.close();
    }
}
