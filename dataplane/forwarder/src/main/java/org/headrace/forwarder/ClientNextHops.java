package org.headrace.forwarder;

import org.agrona.collections.Hashing;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.table.NextHop;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Next hops that packets of clients came from, numbered, so that a connection remembers its way back in 16 bits. There
 * are as many as there are routers and directly attached clients; one is never forgotten. Owned by one worker, and kept
 * in memory that outlives it, because the connections name the hops by number:
 *
 * <pre>
 *   0 magic 8 "HEADHOPS" | hops in the order of their numbers, 8 each, up to the first 0
 * </pre>
 */
final class ClientNextHops
{
    /** Most next hops. */
    static final int CAPACITY = 65_536;
    /** No room for one more. */
    static final int FULL = -1;
    /** Bytes of memory that are needed. */
    static final long LENGTH_BYTES = Long.BYTES + (long)CAPACITY * Long.BYTES;

    private static final long MAGIC = 0x5350_4F48_4441_4548L;
    private static final int HASH_LENGTH = CAPACITY * 2;
    private static final int MASK = HASH_LENGTH - 1;

    /** Keeps the memory alive. */
    private final MemorySegment memory;
    private final long hops;
    private final int[] numberPlusOneByHash = new int[HASH_LENGTH];
    private int size;

    private ClientNextHops(final MemorySegment memory)
    {
        this.memory = memory;
        this.hops = memory.address() + Long.BYTES;
    }

    /** @return hops in memory that ends with the process. */
    static ClientNextHops create()
    {
        return create(Arena.ofAuto().allocate(LENGTH_BYTES, Long.BYTES));
    }

    /** @param memory of {@link #LENGTH_BYTES}, zeroed. @return hops in it, none yet. */
    static ClientNextHops create(final MemorySegment memory)
    {
        NativeMemory.putLongRelease(memory.address(), MAGIC);
        return new ClientNextHops(memory);
    }

    /**
     * @param memory     of {@link #LENGTH_BYTES}, as a predecessor left it.
     * @param interfaces how many there are.
     * @return the hops that it knew.
     * @throws IllegalArgumentException if that is not what the memory holds.
     */
    static ClientNextHops attach(final MemorySegment memory, final int interfaces)
    {
        final long magic = NativeMemory.getLong(memory.address());
        if (magic != MAGIC)
        {
            throw new IllegalArgumentException(
                "magic=" + Long.toHexString(magic) + " != " + Long.toHexString(MAGIC));
        }
        final ClientNextHops attached = new ClientNextHops(memory);
        for (int i = 0; i < CAPACITY && attached.get(i) != NextHop.UNRESOLVED; i++)
        {
            final int place = NextHop.place(attached.get(i));
            if (place < 0 || place >= interfaces)
            {
                throw new IllegalArgumentException("hop=" + i + " is on interface=" + place + " of " + interfaces);
            }
            if (attached.number(attached.get(i)) != i)
            {
                throw new IllegalArgumentException("hop=" + i + " occurs twice");
            }
        }
        return attached;
    }

    /** @param number of the next hop. @return see {@link NextHop}; unresolved if it was lost. */
    long get(final int number)
    {
        return NativeMemory.getLong(hops + ((long)number << 3));
    }

    /** @param hop resolved next hop. @return its number, or {@link #FULL}. */
    int number(final long hop)
    {
        int i = Hashing.hash(hop) & MASK;
        while (numberPlusOneByHash[i] != 0)
        {
            final int number = numberPlusOneByHash[i] - 1;
            if (get(number) == hop)
            {
                return number;
            }
            i = (i + 1) & MASK;
        }
        if (size == CAPACITY)
        {
            return FULL;
        }
        NativeMemory.putLong(hops + ((long)size << 3), hop);
        numberPlusOneByHash[i] = size + 1;
        return size++;
    }
}
