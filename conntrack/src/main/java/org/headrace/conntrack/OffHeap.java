package org.headrace.conntrack;

import org.agrona.UnsafeApi;


/**
 * Plain and ordered access to memory by absolute address, native byte order. Nothing stands between a wrong address and
 * a crash: every address comes from a {@code *Descriptor} and an index that the table has given out. Why it
 * goes by the JVM's internal Unsafe is told in {@code docs/adr/0010-plain-access.md}.
 */
final class OffHeap
{
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
        return UnsafeApi.getShortAcquire(null, address) & 0xFFFF;
    }

    static void putShortRelease(final long address, final int value)
    {
        UnsafeApi.putShortRelease(null, address, (short)value);
    }

    static int getIntAcquire(final long address)
    {
        return UnsafeApi.getIntAcquire(null, address);
    }

    static void putIntRelease(final long address, final int value)
    {
        UnsafeApi.putIntRelease(null, address, value);
    }

    static long getLongAcquire(final long address)
    {
        return UnsafeApi.getLongAcquire(null, address);
    }

    static void putLongRelease(final long address, final long value)
    {
        UnsafeApi.putLongRelease(null, address, value);
    }

    static void fill(final long address, final long lengthBytes, final int value)
    {
        UnsafeApi.setMemory(address, lengthBytes, (byte)value);
    }
}
