package org.headrace.forwarder.linux;

import org.agrona.UnsafeApi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Plain and ordered access to memory by absolute address, as fast as a field access. It goes by the JVM's internal
 * Unsafe, not by a segment over all memory: that costs a check of bounds each time, and so many nodes of the compiler's
 * that it gives up putting the packet's way into one piece ({@code docs/adr/0010-plain-access.md}).
 *
 * <p>No check stands between a wrong address and a crash of the process. Callers check lengths before they read: the
 * parser for frames, the {@code *Descriptor} classes for everything else.
 */
public final class NativeMemory
{
    private NativeMemory()
    {
    }

    /**
     * Memory that lives as long as the process, zeroed.
     *
     * @param lengthBytes    how much.
     * @param alignmentBytes power of two.
     * @return address of the first byte.
     */
    public static long allocate(final long lengthBytes, final long alignmentBytes)
    {
        return Arena.global().allocate(lengthBytes, alignmentBytes).address();
    }

    /**
     * @param address     of the first byte.
     * @param lengthBytes of the memory.
     * @return a segment over it, for control code that wants bounds checks.
     */
    public static MemorySegment segment(final long address, final long lengthBytes)
    {
        return MemorySegment.ofAddress(address).reinterpret(lengthBytes);
    }

    /** @param address of the byte. @return 0 to 255. */
    public static int getUnsignedByte(final long address)
    {
        return UnsafeApi.getByte(address) & 0xFF;
    }

    /** @param address of the byte. @param value low eight bits are stored. */
    public static void putByte(final long address, final int value)
    {
        UnsafeApi.putByte(address, (byte)value);
    }

    /** @param address of two bytes in native order. @return 0 to 65535. */
    public static int getUnsignedShort(final long address)
    {
        return UnsafeApi.getShort(address) & 0xFFFF;
    }

    /** @param address of two bytes in native order. @param value low 16 bits are stored. */
    public static void putShort(final long address, final int value)
    {
        UnsafeApi.putShort(address, (short)value);
    }

    /** @param address of four bytes in native order. @return the value. */
    public static int getInt(final long address)
    {
        return UnsafeApi.getInt(address);
    }

    /** @param address of four bytes in native order. @param value to store. */
    public static void putInt(final long address, final int value)
    {
        UnsafeApi.putInt(address, value);
    }

    /** @param address of eight bytes in native order. @return the value. */
    public static long getLong(final long address)
    {
        return UnsafeApi.getLong(address);
    }

    /** @param address of eight bytes in native order. @param value to store. */
    public static void putLong(final long address, final long value)
    {
        UnsafeApi.putLong(address, value);
    }

    /** @param address of two bytes in network order. @return 0 to 65535. */
    public static int getNetworkShort(final long address)
    {
        return Short.reverseBytes(UnsafeApi.getShort(address)) & 0xFFFF;
    }

    /** @param address of two bytes in network order. @param value low 16 bits are stored. */
    public static void putNetworkShort(final long address, final int value)
    {
        UnsafeApi.putShort(address, Short.reverseBytes((short)value));
    }

    /** @param address of four bytes in network order. @return the value. */
    public static int getNetworkInt(final long address)
    {
        return Integer.reverseBytes(UnsafeApi.getInt(address));
    }

    /** @param address of four bytes in network order. @param value to store. */
    public static void putNetworkInt(final long address, final int value)
    {
        UnsafeApi.putInt(address, Integer.reverseBytes(value));
    }

    /** @param address of eight bytes in network order. @return the value. */
    public static long getNetworkLong(final long address)
    {
        return Long.reverseBytes(UnsafeApi.getLong(address));
    }

    /** @param address of eight bytes in network order. @param value to store. */
    public static void putNetworkLong(final long address, final long value)
    {
        UnsafeApi.putLong(address, Long.reverseBytes(value));
    }

    /** @param address of an aligned int that another thread or the kernel writes. @return the value. */
    public static int getIntAcquire(final long address)
    {
        return UnsafeApi.getIntAcquire(null, address);
    }

    /** @param address of an aligned int that another thread or the kernel reads. @param value to store. */
    public static void putIntRelease(final long address, final int value)
    {
        UnsafeApi.putIntRelease(null, address, value);
    }

    /** @param address of an aligned long that another thread or the kernel writes. @return the value. */
    public static long getLongAcquire(final long address)
    {
        return UnsafeApi.getLongAcquire(null, address);
    }

    /** @param address of an aligned long that another thread or the kernel reads. @param value to store. */
    public static void putLongRelease(final long address, final long value)
    {
        UnsafeApi.putLongRelease(null, address, value);
    }

    /** @param address of an aligned long that another thread writes. @return the value, of some moment. */
    public static long getLongOpaque(final long address)
    {
        return UnsafeApi.getLongOpaque(null, address);
    }

    /** @param address of an aligned long that another thread reads. @param value to store, whole and soon. */
    public static void putLongOpaque(final long address, final long value)
    {
        UnsafeApi.putLongOpaque(null, address, value);
    }

    /**
     * @param address  of an aligned long that several threads write.
     * @param expected what must be there.
     * @param value    to store then.
     * @return false if something else was there.
     */
    public static boolean compareAndSetLong(final long address, final long expected, final long value)
    {
        return UnsafeApi.compareAndSetLong(null, address, expected, value);
    }

    /** @param source first byte to read. @param target first byte to write. @param lengthBytes how many. */
    public static void copy(final long source, final long target, final long lengthBytes)
    {
        UnsafeApi.copyMemory(source, target, lengthBytes);
    }

    /** @param address of the first byte. @param lengthBytes how many to set to zero. */
    public static void zero(final long address, final long lengthBytes)
    {
        UnsafeApi.setMemory(address, lengthBytes, (byte)0);
    }
}
