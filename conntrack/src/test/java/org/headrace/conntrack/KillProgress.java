package org.headrace.conntrack;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Where the writer that is to be stopped says what it is doing, in memory of its own beside the table: the operation
 * it has begun, the one it has finished, and a ring of what happened (removals before they are carried out, results of
 * inserts after they were).
 *
 * <pre>
 *   0 begun 8 | 64 finished 8 | 128 events 8 | 192 events read 8 | 4096 ring: operation << 24 | kind << 20 | key
 * </pre>
 *
 * The reader may be held up for as long as it likes: between two operations the writer waits for room.
 */
final class KillProgress
{
    static final int INSERTED = 0;
    static final int DUPLICATE = 1;
    static final int FULL = 2;
    static final int INDEX_FULL = 3;
    /** Plus the ordinal of the {@link RemovalReason}. */
    static final int LEAVING = 4;
    static final int RING = 1 << 20;
    /** More events than any one operation makes. */
    private static final int ROOM = 1 << 16;
    static final long LENGTH = 4096 + RING * 8L;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private final MemorySegment memory;

    KillProgress(final MemorySegment memory)
    {
        this.memory = memory;
    }

    void awaitRoom()
    {
        while (events() - (long)LONG.getAcquire(memory, 192L) > RING - ROOM)
        {
            Thread.onSpinWait();
        }
    }

    void read(final long count)
    {
        LONG.setRelease(memory, 192L, count);
    }

    void begin(final long number)
    {
        LONG.setRelease(memory, 0L, number);
        VarHandle.fullFence();
    }

    void finish(final long number)
    {
        LONG.setRelease(memory, 64L, number);
    }

    void event(final long number, final int what, final int key)
    {
        final long count = events();
        memory.set(ValueLayout.JAVA_LONG, ring(count), number << 24 | (long)what << 20 | key);
        LONG.setRelease(memory, 128L, count + 1);
        VarHandle.fullFence();
    }

    long begun()
    {
        return (long)LONG.getAcquire(memory, 0L);
    }

    long finished()
    {
        return (long)LONG.getAcquire(memory, 64L);
    }

    long events()
    {
        return (long)LONG.getAcquire(memory, 128L);
    }

    long event(final long count)
    {
        return memory.get(ValueLayout.JAVA_LONG, ring(count));
    }

    static long operation(final long event)
    {
        return event >>> 24;
    }

    static int what(final long event)
    {
        return (int)(event >>> 20) & 0xF;
    }

    static int key(final long event)
    {
        return (int)event & 0xFFFFF;
    }

    static int whatOfResult(final int result)
    {
        return switch (result)
        {
            case ConnectionTable.FULL -> FULL;
            case ConnectionTable.DUPLICATE -> DUPLICATE;
            case ConnectionTable.INDEX_FULL -> INDEX_FULL;
            default -> INSERTED;
        };
    }

    private static long ring(final long count)
    {
        return 4096 + (count & RING - 1) * 8;
    }
}
