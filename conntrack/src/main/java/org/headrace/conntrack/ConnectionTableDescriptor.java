package org.headrace.conntrack;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.zip.CRC32C;

/**
 * Layout of a table's memory. Numbers are in native byte order; a reader on the wrong machine does not find the
 * magic.
 *
 * <pre>
 *   0                        header, 4096 bytes
 *   +-------------------------------------------------------------------+
 *   |   0 magic 8 | version 4 | header length 4                         |  written once,
 *   |  16 capacity 4 | pairs of buckets 4 | hash seed 8                 |  covered by
 *   |  32 base ms 8 | length of it all 8 | clock 8 | 0, 8              |  the checksum
 *   |  64 checksum 8: CRC-32C of bytes 8 to 63                          |
 *   |  72 owner pid 8 | epoch 8                                         |  written by every owner
 *   | 128 intent 8: what the writer is in the middle of                 |
 *   | 136 size 4 | ever used 4 | first free 4 | -                       |
 *   | 152 created 8 | expired 8 | evicted 8 | removed 8                 |
 *   | 184 refused, table full 8 | refused, index full 8 | duplicate 8   |
 *   | 208 expiry cursor 8                                               |
 *   | 256 connections by state, 16 x 4                                  |
 *   +-------------------------------------------------------------------+
 *   | expiry wheel, 101376 bytes: see ExpiryWheel                       |
 *   +-------------------------------------------------------------------+ 4096
 *   | pairs of buckets x 128: see BucketDescriptor                      |
 *   +-------------------------------------------------------------------+ 4096
 *   | capacity x 12: side records                                       |
 *   +-------------------------------------------------------------------+ 4096
 *   | capacity x 64: entry lines, see EntryDescriptor                   |
 *   +-------------------------------------------------------------------+ 4096
 *   | capacity x 64: extension lines of IPv6 connections                |
 *   +-------------------------------------------------------------------+
 * </pre>
 *
 * An IPv4 connection of a full table costs 64 + 12 + 0.15 x 128 = 95.2 bytes, an IPv6 connection 159.2. The
 * extension lines stand last: where no IPv6 connection has been, their pages are never touched and cost address space
 * only.
 */
public final class ConnectionTableDescriptor
{
    /** "HEADCONN" in ASCII, first byte lowest on the machines this runs on. */
    public static final long MAGIC = 0x4E4E_4F43_4441_4548L;
    /** Layout version: anything else is refused. */
    public static final int VERSION = 2;
    /** Most connections of one table. */
    public static final int MAX_CAPACITY = 1 << 29;
    /** What the memory must be aligned to, in bytes. */
    public static final int ALIGNMENT = 64;

    static final int HEADER_LENGTH = 4096;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int HEADER_LENGTH_OFFSET = 12;
    static final int CAPACITY_OFFSET = 16;
    static final int PAIR_COUNT_OFFSET = 20;
    static final int HASH_SEED_OFFSET = 24;
    static final int BASE_MS_OFFSET = 32;
    static final int LENGTH_OFFSET = 40;
    static final int CLOCK_ID_OFFSET = 48;
    static final int CHECKSUM_OFFSET = 64;
    static final int OWNER_PID_OFFSET = 72;
    static final int EPOCH_OFFSET = 80;

    static final int INTENT_OFFSET = 128;
    static final int SIZE_OFFSET = 136;
    static final int EVER_USED_OFFSET = 140;
    static final int FIRST_FREE_OFFSET = 144;
    static final int CREATED_OFFSET = 152;
    static final int EXPIRED_OFFSET = 160;
    static final int EVICTED_OFFSET = 168;
    static final int REMOVED_OFFSET = 176;
    static final int REFUSED_FULL_OFFSET = 184;
    static final int REFUSED_INDEX_OFFSET = 192;
    static final int DUPLICATES_OFFSET = 200;
    static final int CURSOR_OFFSET = 208;
    static final int STATE_COUNTS_OFFSET = 256;

    static final int WHEEL_OFFSET = HEADER_LENGTH;

    private static final int PAGE = 4096;

    private ConnectionTableDescriptor()
    {
    }

    /**
     * @param capacity connections, 1 to {@link #MAX_CAPACITY}.
     * @return bytes that such a table needs, the extension lines of as many IPv6 connections included.
     */
    public static long requiredBytes(final int capacity)
    {
        return extensionsOffset(capacity) + ((long)capacity << EntryDescriptor.EXTENSION_SHIFT);
    }

    /**
     * Up to here every page will be used, so this much is worth touching at start; what follows is for IPv6
     * connections.
     *
     * @param capacity connections, 1 to {@link #MAX_CAPACITY}.
     * @return offset of the first extension line.
     */
    public static long extensionsOffset(final int capacity)
    {
        return pageAligned(entriesOffset(capacity) + ((long)capacity << EntryDescriptor.ENTRY_SHIFT));
    }

    /**
     * Checks that memory holds a table of this version and is long enough for it.
     *
     * @param memory to look at.
     * @throws IllegalArgumentException with what was found and what was expected.
     */
    public static void check(final MemorySegment memory)
    {
        checkMemory(memory, HEADER_LENGTH);
        final long header = memory.address();
        expect("magic", OffHeap.getLongAcquire(header + MAGIC_OFFSET), MAGIC);
        expect("version", OffHeap.getInt(header + VERSION_OFFSET), VERSION);
        expect("headerLength", OffHeap.getInt(header + HEADER_LENGTH_OFFSET), HEADER_LENGTH);
        expect("checksum", OffHeap.getLong(header + CHECKSUM_OFFSET), checksum(memory));
        final int capacity = OffHeap.getInt(header + CAPACITY_OFFSET);
        checkCapacity(capacity);
        expect("pairCount", OffHeap.getInt(header + PAIR_COUNT_OFFSET), pairCount(capacity));
        expect("length", OffHeap.getLong(header + LENGTH_OFFSET), requiredBytes(capacity));
        checkMemory(memory, requiredBytes(capacity));
    }

    /** Lays down the part of the header that never changes; the magic comes last, so half a header is no header. */
    static void writeHeader(
        final MemorySegment memory,
        final int capacity,
        final long hashSeed,
        final long baseMs,
        final long clockId)
    {
        final long header = memory.address();
        OffHeap.putLong(header + MAGIC_OFFSET, 0);
        // whatever table was here before is none from now on, also to whoever finds the memory after a kill
        VarHandle.releaseFence();
        OffHeap.fill(header, HEADER_LENGTH, 0);
        OffHeap.putInt(header + VERSION_OFFSET, VERSION);
        OffHeap.putInt(header + HEADER_LENGTH_OFFSET, HEADER_LENGTH);
        OffHeap.putInt(header + CAPACITY_OFFSET, capacity);
        OffHeap.putInt(header + PAIR_COUNT_OFFSET, pairCount(capacity));
        OffHeap.putLong(header + HASH_SEED_OFFSET, hashSeed);
        OffHeap.putLong(header + BASE_MS_OFFSET, baseMs);
        OffHeap.putLong(header + LENGTH_OFFSET, requiredBytes(capacity));
        OffHeap.putLong(header + CLOCK_ID_OFFSET, clockId);
        OffHeap.putLong(header + CHECKSUM_OFFSET, checksum(memory));
    }

    /** Makes the table one that a reader accepts. */
    static void publishHeader(final MemorySegment memory)
    {
        OffHeap.putLongRelease(memory.address() + MAGIC_OFFSET, MAGIC);
    }

    static void checkCapacity(final int capacity)
    {
        if (capacity < 1 || capacity > MAX_CAPACITY)
        {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: 1 to " + MAX_CAPACITY + ")");
        }
    }

    static void checkMemory(final MemorySegment memory, final long requiredBytes)
    {
        if (!memory.isNative() || memory.byteSize() < requiredBytes || memory.address() % ALIGNMENT != 0)
        {
            throw new IllegalArgumentException("memory: native=" + memory.isNative() + " byteSize=" +
                memory.byteSize() + " address=0x" + Long.toHexString(memory.address()) +
                " (expected: native, at least " + requiredBytes + " bytes, aligned to " + ALIGNMENT + ")");
        }
    }

    /**
     * Three pairs of buckets for twenty connections, so that two slots in three are used when the table is full; a
     * prime number of them, so that steps of any length visit every pair.
     */
    static int pairCount(final int capacity)
    {
        int pairs = (int)Math.max(2, (3L * capacity + 19) / 20);
        while (!isPrime(pairs))
        {
            pairs++;
        }
        return pairs;
    }

    static long bucketsOffset()
    {
        return pageAligned(WHEEL_OFFSET + ExpiryWheel.LENGTH);
    }

    static long bucketsLength(final int capacity)
    {
        return (long)pairCount(capacity) * BucketDescriptor.PAIR_LENGTH;
    }

    static long sidesOffset(final int capacity)
    {
        return pageAligned(bucketsOffset() + bucketsLength(capacity));
    }

    static long entriesOffset(final int capacity)
    {
        return pageAligned(sidesOffset(capacity) + (long)capacity * EntryDescriptor.SIDE_LENGTH);
    }

    private static long checksum(final MemorySegment memory)
    {
        final CRC32C crc = new CRC32C();
        crc.update(memory.asSlice(VERSION_OFFSET, CHECKSUM_OFFSET - VERSION_OFFSET).asByteBuffer());
        return crc.getValue();
    }

    private static void expect(final String name, final long found, final long expected)
    {
        if (found != expected)
        {
            throw new IllegalArgumentException(name + ": 0x" + Long.toHexString(found) + " (expected: 0x" +
                Long.toHexString(expected) + ")");
        }
    }

    private static boolean isPrime(final int number)
    {
        if (number % 2 == 0)
        {
            return number == 2;
        }
        for (int divisor = 3; (long)divisor * divisor <= number; divisor += 2)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }
        return true;
    }

    private static long pageAligned(final long offset)
    {
        return offset + PAGE - 1 & -PAGE;
    }
}
