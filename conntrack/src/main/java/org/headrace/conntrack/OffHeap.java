package org.headrace.conntrack;

import org.agrona.UnsafeApi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Plain and ordered access to memory by absolute address, native byte order. Nothing stands between a wrong address and
 * a crash: every address comes from a {@code *Descriptor} and an index that the table has given out. Why plain access
 * goes by the JVM's internal Unsafe is told in {@code docs/adr/0010-plain-access.md}.
 */
final class OffHeap
{
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final VarHandle ORDERED_SHORT = ValueLayout.JAVA_SHORT.varHandle();
    private static final VarHandle ORDERED_INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle ORDERED_LONG = ValueLayout.JAVA_LONG.varHandle();

    private OffHeap()
    {
    }

    static int getUnsignedByte(final long address)
    {
        return UnsafeApi.getByte(address) & 0xFF;
    }

    static void putByte(final long address, final int value)
    {
        UnsafeApi.putByte(address, (byte)value);
    }

    static int getUnsignedShort(final long address)
    {
        return UnsafeApi.getShort(address) & 0xFFFF;
    }

    static void putShort(final long address, final int value)
    {
        UnsafeApi.putShort(address, (short)value);
    }

    static int getInt(final long address)
    {
        return UnsafeApi.getInt(address);
    }

    static void putInt(final long address, final int value)
    {
        UnsafeApi.putInt(address, value);
    }

    static long getLong(final long address)
    {
        return UnsafeApi.getLong(address);
    }

    static void putLong(final long address, final long value)
    {
        UnsafeApi.putLong(address, value);
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
