package org.headrace.conntrack;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Plain and ordered access to memory by absolute address, native byte order. The one segment is a constant, so its
 * bounds and its liveness fold away, and nothing stands between a wrong address and a crash: every address comes from
 * a {@code *Descriptor} and an index that the table has given out.
 */
final class OffHeap
{
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final VarHandle ORDERED_SHORT = ValueLayout.JAVA_SHORT.varHandle();
    private static final VarHandle ORDERED_INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle ORDERED_LONG = ValueLayout.JAVA_LONG.varHandle();

    private OffHeap()
    {
    }

    static int getUnsignedByte(final long address)
    {
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xFF;
    }

    static void putByte(final long address, final int value)
    {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte)value);
    }

    static int getUnsignedShort(final long address)
    {
        return ALL.get(SHORT, address) & 0xFFFF;
    }

    static void putShort(final long address, final int value)
    {
        ALL.set(SHORT, address, (short)value);
    }

    static int getInt(final long address)
    {
        return ALL.get(INT, address);
    }

    static void putInt(final long address, final int value)
    {
        ALL.set(INT, address, value);
    }

    static long getLong(final long address)
    {
        return ALL.get(LONG, address);
    }

    static void putLong(final long address, final long value)
    {
        ALL.set(LONG, address, value);
    }

    static int getUnsignedShortAcquire(final long address)
    {
        return (short)ORDERED_SHORT.getAcquire(ALL, address) & 0xFFFF;
    }

    static void putShortRelease(final long address, final int value)
    {
        ORDERED_SHORT.setRelease(ALL, address, (short)value);
    }

    static int getIntAcquire(final long address)
    {
        return (int)ORDERED_INT.getAcquire(ALL, address);
    }

    static void putIntRelease(final long address, final int value)
    {
        ORDERED_INT.setRelease(ALL, address, value);
    }

    static long getLongAcquire(final long address)
    {
        return (long)ORDERED_LONG.getAcquire(ALL, address);
    }

    static void putLongRelease(final long address, final long value)
    {
        ORDERED_LONG.setRelease(ALL, address, value);
    }

    static void fill(final long address, final long lengthBytes, final int value)
    {
        ALL.asSlice(address, lengthBytes).fill((byte)value);
    }
}
