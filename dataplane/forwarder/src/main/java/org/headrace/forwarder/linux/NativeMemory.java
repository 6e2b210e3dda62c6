package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Plain and ordered access to memory by absolute address, as fast as a field access: the one segment is a constant, so
 * its bounds and its liveness fold away.
 *
 * <p>No check stands between a wrong address and a crash of the process. Callers check lengths before they read: the
 * parser for frames, the {@code *Descriptor} classes for everything else.
 */
public final class NativeMemory
{
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort NETWORK_SHORT = SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = LONG.withOrder(ByteOrder.BIG_ENDIAN);
    private static final VarHandle ORDERED_INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle ORDERED_LONG = ValueLayout.JAVA_LONG.varHandle();

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
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xFF;
    }

    /** @param address of the byte. @param value low eight bits are stored. */
    public static void putByte(final long address, final int value)
    {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte)value);
    }

    /** @param address of two bytes in native order. @return 0 to 65535. */
    public static int getUnsignedShort(final long address)
    {
        return ALL.get(SHORT, address) & 0xFFFF;
    }

    /** @param address of two bytes in native order. @param value low 16 bits are stored. */
    public static void putShort(final long address, final int value)
    {
        ALL.set(SHORT, address, (short)value);
    }

    /** @param address of four bytes in native order. @return the value. */
    public static int getInt(final long address)
    {
        return ALL.get(INT, address);
    }

    /** @param address of four bytes in native order. @param value to store. */
    public static void putInt(final long address, final int value)
    {
        ALL.set(INT, address, value);
    }

    /** @param address of eight bytes in native order. @return the value. */
    public static long getLong(final long address)
    {
        return ALL.get(LONG, address);
    }

    /** @param address of eight bytes in native order. @param value to store. */
    public static void putLong(final long address, final long value)
    {
        ALL.set(LONG, address, value);
    }

    /** @param address of two bytes in network order. @return 0 to 65535. */
    public static int getNetworkShort(final long address)
    {
        return ALL.get(NETWORK_SHORT, address) & 0xFFFF;
    }

    /** @param address of two bytes in network order. @param value low 16 bits are stored. */
    public static void putNetworkShort(final long address, final int value)
    {
        ALL.set(NETWORK_SHORT, address, (short)value);
    }

    /** @param address of four bytes in network order. @return the value. */
    public static int getNetworkInt(final long address)
    {
        return ALL.get(NETWORK_INT, address);
    }

    /** @param address of four bytes in network order. @param value to store. */
    public static void putNetworkInt(final long address, final int value)
    {
        ALL.set(NETWORK_INT, address, value);
    }

    /** @param address of eight bytes in network order. @return the value. */
    public static long getNetworkLong(final long address)
    {
        return ALL.get(NETWORK_LONG, address);
    }

    /** @param address of eight bytes in network order. @param value to store. */
    public static void putNetworkLong(final long address, final long value)
    {
        ALL.set(NETWORK_LONG, address, value);
    }

    /** @param address of an aligned int that another thread or the kernel writes. @return the value. */
    public static int getIntAcquire(final long address)
    {
        return (int)ORDERED_INT.getAcquire(ALL, address);
    }

    /** @param address of an aligned int that another thread or the kernel reads. @param value to store. */
    public static void putIntRelease(final long address, final int value)
    {
        ORDERED_INT.setRelease(ALL, address, value);
    }

    /** @param address of an aligned long that another thread or the kernel writes. @return the value. */
    public static long getLongAcquire(final long address)
    {
        return (long)ORDERED_LONG.getAcquire(ALL, address);
    }

    /** @param address of an aligned long that another thread or the kernel reads. @param value to store. */
    public static void putLongRelease(final long address, final long value)
    {
        ORDERED_LONG.setRelease(ALL, address, value);
    }

    /** @param address of an aligned long that another thread writes. @return the value, of some moment. */
    public static long getLongOpaque(final long address)
    {
        return (long)ORDERED_LONG.getOpaque(ALL, address);
    }

    /** @param address of an aligned long that another thread reads. @param value to store, whole and soon. */
    public static void putLongOpaque(final long address, final long value)
    {
        ORDERED_LONG.setOpaque(ALL, address, value);
    }

    /**
     * @param address  of an aligned long that several threads write.
     * @param expected what must be there.
     * @param value    to store then.
     * @return false if something else was there.
     */
    public static boolean compareAndSetLong(final long address, final long expected, final long value)
    {
        return ORDERED_LONG.compareAndSet(ALL, address, expected, value);
    }

    /** @param source first byte to read. @param target first byte to write. @param lengthBytes how many. */
    public static void copy(final long source, final long target, final long lengthBytes)
    {
        MemorySegment.copy(ALL, source, ALL, target, lengthBytes);
    }

    /** @param address of the first byte. @param lengthBytes how many to set to zero. */
    public static void zero(final long address, final long lengthBytes)
    {
        ALL.asSlice(address, lengthBytes).fill((byte)0);
    }
}
