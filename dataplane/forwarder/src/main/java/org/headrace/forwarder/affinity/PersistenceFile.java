package org.headrace.forwarder.affinity;

import static org.headrace.forwarder.affinity.PersistenceTableDescriptor.*;

import org.headrace.forwarder.linux.MappedFile;
import org.headrace.forwarder.linux.NativeMemory;

import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;

/**
 * The persistence table's file in the runtime directory: made anew, or taken over from a data plane that has died. A
 * file that is of no use is set aside with the reason.
 *
 * <p>A new table has no memory for templates before {@link #reserve}: without a persistent service nobody waits for it
 * and nobody pays for it.
 */
public final class PersistenceFile
{
    /** Name of the file in the runtime directory. */
    public static final String FILE_NAME = "persistence.dat";

    private final Path file;
    private final int buckets;
    private final long bootId;
    private final BiConsumer<Path, String> setAside;
    private final PrintStream log;
    private MappedFile mapped;
    private PersistenceTable table;

    /**
     * @param directory runtime directory.
     * @param entries   templates that have room at least.
     * @param bootId    number of the host's present boot, which all monotonic times are of.
     * @param setAside  puts a file out of the way, with the reason.
     * @param log       one line per event.
     */
    public PersistenceFile(
        final Path directory,
        final int entries,
        final long bootId,
        final BiConsumer<Path, String> setAside,
        final PrintStream log)
    {
        this.file = directory.resolve(FILE_NAME);
        this.buckets = buckets(entries);
        this.bootId = bootId;
        this.setAside = setAside;
        this.log = log;
    }

    /**
     * @param seed         secret of the hash, for a new table.
     * @param serviceSlots service slots that there are.
     * @param serverSlots  server slots that there are.
     * @param nowMs        monotonic milliseconds.
     * @return the table; nobody else may have the file open.
     * @throws IllegalStateException if there is no room for its header.
     */
    public PersistenceTable open(final long seed, final int serviceSlots, final int serverSlots, final long nowMs)
    {
        if (Files.exists(file))
        {
            try
            {
                attach(serviceSlots, serverSlots, nowMs);
                return table;
            }
            catch (final IllegalArgumentException ex)
            {
                setAside.accept(file, ex.getMessage());
            }
        }
        create(seed);
        return table;
    }

    /**
     * Gives the table the memory for its templates, if it has none yet. Conductor's thread, before a worker meets a
     * persistent service.
     *
     * @param serviceSlots service slots that there are.
     * @param serverSlots  server slots that there are.
     * @param nowMs        monotonic milliseconds.
     * @throws IllegalStateException if there is not enough.
     */
    public void reserve(final int serviceSlots, final int serverSlots, final long nowMs)
    {
        if (!table.isReserved())
        {
            mapped.reserve(0, table.lengthBytes());
            // A file that says that nothing was written may be wrong.
            table.repair(serviceSlots, serverSlots, nowMs);
            table.reserved();
            log.println("event=persistence-created " + mapped);
        }
    }

    /**
     * @param memory  zeroed, aligned to 64 bytes, at least {@link #requiredBytes}.
     * @param entries templates that have room at least.
     * @param seed    secret of the hash.
     * @return a new table that no file holds.
     */
    public static PersistenceTable create(final MemorySegment memory, final int entries, final long seed)
    {
        final MemorySegment table = memory.asSlice(0, requiredBytes(entries));
        NativeMemory.putInt(table.address() + BUCKETS_OFFSET, buckets(entries));
        NativeMemory.putLong(table.address() + SEED_OFFSET, seed);
        NativeMemory.putLong(table.address() + RESERVED_OFFSET, 1);
        return new PersistenceTable(table);
    }

    /** @param entries templates that have room at least. @return memory that a table of them takes. */
    public static long requiredBytes(final int entries)
    {
        return lengthBytes(buckets(entries));
    }

    private void create(final long seed)
    {
        final long length = lengthBytes(buckets);
        mapped = MappedFile.map(file, length, HEADER_LENGTH);
        final MemorySegment memory = mapped.memory();
        final long base = memory.address();
        NativeMemory.putInt(base + VERSION_OFFSET, VERSION);
        NativeMemory.putInt(base + BUCKETS_OFFSET, buckets);
        NativeMemory.putLong(base + SEED_OFFSET, seed);
        NativeMemory.putLong(base + BOOT_ID_OFFSET, bootId);
        NativeMemory.putLong(base + CHECKSUM_OFFSET, checksum(memory));
        // The magic comes last: a half-made header is none.
        NativeMemory.putLongRelease(base + MAGIC_OFFSET, MAGIC);
        table = new PersistenceTable(memory);
    }

    private void attach(final int serviceSlots, final int serverSlots, final long nowMs)
    {
        final long length = file.toFile().length();
        if (!Files.isRegularFile(file) || length < HEADER_LENGTH)
        {
            throw new IllegalArgumentException("length=" + length + " < " + HEADER_LENGTH + " or not a regular file");
        }
        mapped = MappedFile.map(file, lengthBytes(buckets), 0);
        final String problem = problem(mapped.memory());
        if (problem != null)
        {
            mapped.close();
            throw new IllegalArgumentException(problem);
        }
        table = new PersistenceTable(mapped.memory());
        if (table.isReserved())
        {
            final int torn = table.repair(serviceSlots, serverSlots, nowMs);
            log.println("event=persistence-inherited file=" + file + " torn=" + torn);
        }
    }

    /** Returns why the table is of no use, or null. */
    private String problem(final MemorySegment memory)
    {
        final long base = memory.address();
        final long magic = NativeMemory.getLong(base + MAGIC_OFFSET);
        final int version = NativeMemory.getInt(base + VERSION_OFFSET);
        if (magic != MAGIC || version != VERSION)
        {
            return "magic=" + Long.toHexString(magic) + " version=" + version + " (expected version " + VERSION + ")";
        }
        if (NativeMemory.getLong(base + CHECKSUM_OFFSET) != checksum(memory))
        {
            return "checksum of the header is wrong";
        }
        final int fileBuckets = NativeMemory.getInt(base + BUCKETS_OFFSET);
        if (fileBuckets != buckets)
        {
            return "buckets=" + fileBuckets + " (expected " + buckets + ")";
        }
        final long fileBootId = NativeMemory.getLong(base + BOOT_ID_OFFSET);
        return fileBootId == bootId ? null :
            "bootId=" + Long.toHexString(fileBootId) + " (expected " + Long.toHexString(bootId) + ")";
    }

    /** Of the header as it is when it is complete, with its magic. */
    private static long checksum(final MemorySegment memory)
    {
        final ByteBuffer bytes = ByteBuffer.allocate(CHECKSUM_OFFSET).order(ByteOrder.nativeOrder());
        bytes.put(memory.asSlice(0, CHECKSUM_OFFSET).asByteBuffer()).putLong(MAGIC_OFFSET, MAGIC).flip();
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}
