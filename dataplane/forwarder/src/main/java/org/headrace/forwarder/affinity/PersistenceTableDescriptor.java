package org.headrace.forwarder.affinity;

/**
 * Layout of the persistence table, in native byte order; every offset is a multiple of eight.
 *
 * <pre>
 *   header, 4096 bytes
 *      0 magic 8 "HEADPERS"      8 version 4 | buckets 4     16 hash seed 8
 *     24 boot id 8: of the host, whose clock the times are of 32 checksum 8: CRC-32C of bytes 0 to 31
 *    128 restored 8: 1 when an agent has loaded back what it had stored
 *    136 reserved 8: 1 when the buckets have their memory; until then none may be touched
 *
 *   buckets x 4544
 *      0 owner 8: 0 none, 1 a writer changes entries of this bucket
 *      8 control words of 63 entries, 8 each
 *    512 63 entries, 64 bytes each
 *
 *   control word
 *     63..62 state: 0 empty, 1 live, 2 being written
 *     61..48 version, another one for everything but a new expiry
 *     47..34 tag: bits of the key's hash
 *     33..0  expiry, monotonic time in ticks of 64 ms
 *
 *   entry
 *      0 client high 8, masked         24 server slot 8
 *      8 client low 8, masked          32 server's identity 8
 *     16 service slot 4 | prefix 4     40 expiry that the agent was told, in ticks, 8
 *                                      48 free
 * </pre>
 *
 * A key's search begins at a place in its bucket that its hash names, and goes round once. A miss reads the eight
 * neighbouring lines of control words, a hit some of them and the entry. Only a connection's first packet searches.
 *
 * <p>Buckets are as large as they are so that they fill evenly: with three places in four used, as many as a table is
 * made for, one template in two thousand finds its bucket full. With seven places it were one in sixteen.
 */
final class PersistenceTableDescriptor
{
    /** "HEADPERS" in ASCII, first byte lowest. */
    static final long MAGIC = 0x5352_4550_4441_4548L;
    static final int VERSION = 2;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int BUCKETS_OFFSET = 12;
    static final int SEED_OFFSET = 16;
    static final int BOOT_ID_OFFSET = 24;
    static final int CHECKSUM_OFFSET = 32;
    static final int RESTORED_OFFSET = 128;
    static final int RESERVED_OFFSET = 136;
    static final int HEADER_LENGTH = 4_096;

    static final int BUCKET_LENGTH = 4_544;
    static final int BUCKET_ENTRIES = 63;
    static final int OWNER_OFFSET = 0;
    static final int CONTROLS_OFFSET = 8;
    static final int ENTRIES_OFFSET = 512;
    static final int ENTRY_LENGTH = 64;

    static final int CLIENT_HIGH_OFFSET = 0;
    static final int CLIENT_LOW_OFFSET = 8;
    static final int SERVICE_OFFSET = 16;
    static final int SERVER_OFFSET = 24;
    static final int IDENTITY_OFFSET = 32;
    static final int TOLD_OFFSET = 40;

    static final long EMPTY = 0;
    static final long LIVE = 1L << 62;
    static final long WRITING = 2L << 62;
    static final long STATE_MASK = 3L << 62;
    static final long VERSION_UNIT = 1L << 48;
    static final long VERSION_MASK = 0x3FFFL << 48;
    static final int TAG_SHIFT = 34;
    static final long TAG_MASK = 0x3FFFL << TAG_SHIFT;
    static final long EXPIRY_MASK = (1L << TAG_SHIFT) - 1;
    static final int TICK_SHIFT_MS = 6;
    static final int TICK_MS = 1 << TICK_SHIFT_MS;


    private PersistenceTableDescriptor()
    {
    }

    /** @param entries wanted at least. @return buckets for them, three quarters full. */
    static int buckets(final int entries)
    {
        return (int)(((long)entries * 4 / 3 + BUCKET_ENTRIES - 1) / BUCKET_ENTRIES);
    }

    /** @param buckets of the table. @return length of the table in bytes. */
    static long lengthBytes(final int buckets)
    {
        return HEADER_LENGTH + (long)buckets * BUCKET_LENGTH;
    }

    /** @param nowMs monotonic milliseconds, not negative. @return the tick that they lie in. */
    static long tick(final long nowMs)
    {
        return nowMs >> TICK_SHIFT_MS & EXPIRY_MASK;
    }

    /** @param atMs monotonic milliseconds, not negative. @return the first tick that begins then or later. */
    static long tickCeiling(final long atMs)
    {
        return atMs + TICK_MS - 1 >> TICK_SHIFT_MS & EXPIRY_MASK;
    }
}
