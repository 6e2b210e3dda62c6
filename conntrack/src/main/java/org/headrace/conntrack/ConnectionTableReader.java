package org.headrace.conntrack;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Looks into a table while its writer goes on, from another thread or another process.
 *
 * <h2>Assumptions and guarantees</h2>
 * <ul>
 * <li>The memory stays mapped while it is read; the table laid over it may be created anew only when nobody
 * reads.</li>
 * <li>What {@link #read} calls a connection is one: its ends, server, family and flags belong together, because its
 * generation was odd (live) before the copy was taken and the same after it. State and counters are those of some
 * moment during the copy, each for itself; a counter may be read in the middle of a carry, about once in 2^32
 * bytes.</li>
 * <li>The generation has 16 bits: only a reader that is held up for exactly a multiple of 32768 removals of that very
 * index would be deceived.</li>
 * <li>The writer is never delayed, and a read is wait-free: it answers "not now" rather than trying again.</li>
 * </ul>
 *
 * <pre>{@code
 *   for (int i = reader.next(0, record); i >= 0; i = reader.next(i + 1, record))
 *   {
 *       print(record);
 *   }
 * }</pre>
 */
public final class ConnectionTableReader
{
    private final MemorySegment memory;
    private final long header;
    private final long sides;
    private final long entries;
    private final long extensions;

    /**
     * @param memory in which a table lies.
     * @throws IllegalArgumentException if there is no table of this version in it.
     */
    public ConnectionTableReader(final MemorySegment memory)
    {
        ConnectionTableDescriptor.check(memory);
        this.memory = memory;
        header = memory.address();
        final int capacity = capacity();
        sides = header + ConnectionTableDescriptor.sidesOffset(capacity);
        entries = header + ConnectionTableDescriptor.entriesOffset(capacity);
        extensions = header + ConnectionTableDescriptor.extensionsOffset(capacity);
    }

    /**
     * Copies one connection.
     *
     * @param index  0 to {@link #limit()} - 1.
     * @param record takes the copy; what it holds means something only after true.
     * @return true if there is a connection and it stayed the same while it was copied.
     */
    public boolean read(final int index, final ConnectionRecord record)
    {
        if (index < 0 || index >= limit())
        {
            return false;
        }
        final long side = sides + (long)index * EntryDescriptor.SIDE_LENGTH;
        final long generationAddress = side + EntryDescriptor.GENERATION_OFFSET;
        final int generation = OffHeap.getUnsignedShortAcquire(generationAddress);
        if ((generation & 1) == 0)
        {
            return false;
        }
        record.copy(index, entries + ((long)index << EntryDescriptor.ENTRY_SHIFT), side);
        if (record.isIpv6())
        {
            record.copyExtension(extensions + ((long)index << EntryDescriptor.EXTENSION_SHIFT));
        }
        // keeps the loads of the copy before the second load of the generation
        VarHandle.acquireFence();
        return OffHeap.getUnsignedShortAcquire(generationAddress) == generation;
    }

    /**
     * The next connection at or behind an index, passing over free places and those that change under the reader's
     * eyes.
     *
     * @param from   first index to look at, 0 or more.
     * @param record takes the copy.
     * @return index of the connection, or {@link ConnectionTable#NOT_FOUND} if there is none up to the limit.
     */
    public int next(final int from, final ConnectionRecord record)
    {
        return next(from, limit(), record);
    }

    /**
     * As {@link #next(int, ConnectionRecord)}, but never looks at an index beyond a bound: to page through a big
     * table in pieces of bounded time.
     *
     * @param from   first index to look at, 0 or more.
     * @param to     one more than the last index to look at.
     * @param record takes the copy.
     * @return index of the connection, or {@link ConnectionTable#NOT_FOUND} if there is none in the range.
     */
    public int next(final int from, final int to, final ConnectionRecord record)
    {
        final int end = Math.min(to, limit());
        for (int index = Math.max(0, from); index < end; index++)
        {
            if (read(index, record))
            {
                return index;
            }
        }
        return ConnectionTable.NOT_FOUND;
    }

    /** @return one more than the highest index that was ever in use. */
    public int limit()
    {
        return Math.min(capacity(), OffHeap.getIntAcquire(header + ConnectionTableDescriptor.EVER_USED_OFFSET));
    }

    /** @return connections in the table, about. */
    public int size()
    {
        return OffHeap.getIntAcquire(header + ConnectionTableDescriptor.SIZE_OFFSET);
    }

    /** @param state one of {@link TcpState}. @return connections in that state, about. */
    public int count(final int state)
    {
        return OffHeap.getIntAcquire(header + ConnectionTableDescriptor.STATE_COUNTS_OFFSET + (state << 2));
    }

    /** @return most connections that the table can hold. */
    public int capacity()
    {
        return OffHeap.getInt(header + ConnectionTableDescriptor.CAPACITY_OFFSET);
    }

    /** @return the writer's clock when the table was created, in milliseconds. */
    public long baseMs()
    {
        return OffHeap.getLong(header + ConnectionTableDescriptor.BASE_MS_OFFSET);
    }

    /** @return the memory that is read. */
    public MemorySegment memory()
    {
        return memory;
    }
}
