package org.headrace.forwarder.affinity;

import static org.headrace.forwarder.affinity.PersistenceTableDescriptor.*;

import org.headrace.forwarder.linux.NativeMemory;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The persistence table's file in the runtime directory: made anew, or taken over from a data plane that has died. A
 * file that is of no use is set aside under another name, with a line that says why.
 */
public final class PersistenceFile
{
    /** Name of the file in the runtime directory. */
    public static final String FILE_NAME = "persistence.dat";

    private static final String ASIDE_SUFFIX = ".aside";
    private static final int FILL_BYTES = 1 << 20;

    private final Path file;
    private final int buckets;
    private final long clockId;
    private final PrintStream log;

    /**
     * @param directory runtime directory.
     * @param entries   templates that have room at least, 1024 to 67 108 864.
     * @param clockId   number of the host's present boot, which all monotonic times are of.
     * @param log       one line per event.
     */
    public PersistenceFile(final Path directory, final int entries, final long clockId, final PrintStream log)
    {
        this.file = directory.resolve(FILE_NAME);
        this.buckets = buckets(entries);
        this.clockId = clockId;
        this.log = log;
    }

    /**
     * @param seed         secret of the hash, for a new table.
     * @param serviceSlots service slots that there are.
     * @param serverSlots  server slots that there are.
     * @param nowMs        monotonic milliseconds.
     * @return the table; nobody else may have the file open.
     * @throws UncheckedIOException if there is no room for it.
     */
    public PersistenceTable open(final long seed, final int serviceSlots, final int serverSlots, final long nowMs)
    {
        try
        {
            if (Files.exists(file))
            {
                final String problem = problem();
                if (problem == null)
                {
                    return attach(serviceSlots, serverSlots, nowMs);
                }
                Files.move(file, file.resolveSibling(FILE_NAME + ASIDE_SUFFIX), StandardCopyOption.REPLACE_EXISTING);
                log.println("event=persistence-set-aside file=" + file + ASIDE_SUFFIX + " reason=\"" + problem + "\"");
            }
            return create(seed);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot map persistence table of length=" + lengthBytes(buckets) +
                " in file=" + file, ex);
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
        return new PersistenceTable(table);
    }

    /** @param entries templates that have room at least. @return memory that a table of them takes. */
    public static long requiredBytes(final int entries)
    {
        return lengthBytes(buckets(entries));
    }

    private PersistenceTable create(final long seed) throws IOException
    {
        try (FileChannel channel = FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            // Written, not only sized: memory that is not there must show now, and not as a fault of a worker.
            final ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES);
            for (long left = lengthBytes(buckets); left > 0;)
            {
                zeros.clear().limit((int)Math.min(left, FILL_BYTES));
                left -= channel.write(zeros);
            }
            final MemorySegment memory = map(channel);
            final long base = memory.address();
            NativeMemory.putInt(base + VERSION_OFFSET, VERSION);
            NativeMemory.putInt(base + BUCKETS_OFFSET, buckets);
            NativeMemory.putLong(base + SEED_OFFSET, seed);
            NativeMemory.putLong(base + CLOCK_ID_OFFSET, clockId);
            NativeMemory.putLong(base + CHECKSUM_OFFSET, checksum(memory));
            // The magic comes last: a half-made header is none.
            NativeMemory.putLongRelease(base + MAGIC_OFFSET, MAGIC);
            return new PersistenceTable(memory);
        }
    }

    private PersistenceTable attach(final int serviceSlots, final int serverSlots, final long nowMs) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final PersistenceTable table = new PersistenceTable(map(channel));
            final int torn = table.repair(serviceSlots, serverSlots, nowMs);
            log.println("event=persistence-attached file=" + file + " torn=" + torn);
            return table;
        }
    }

    private MemorySegment map(final FileChannel channel) throws IOException
    {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, lengthBytes(buckets), Arena.global());
    }

    /** Returns why the file is of no use, or null. */
    private String problem() throws IOException
    {
        if (!Files.isRegularFile(file))
        {
            return "not a regular file";
        }
        final long length = Files.size(file);
        if (length < HEADER_LENGTH)
        {
            return "length=" + length + " < " + HEADER_LENGTH;
        }
        try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file, StandardOpenOption.READ))
        {
            final MemorySegment header = channel.map(FileChannel.MapMode.READ_ONLY, 0, HEADER_LENGTH, arena);
            final long base = header.address();
            final long magic = NativeMemory.getLong(base + MAGIC_OFFSET);
            final int version = NativeMemory.getInt(base + VERSION_OFFSET);
            if (magic != MAGIC || version != VERSION)
            {
                return "magic=" + Long.toHexString(magic) + " version=" + version + " (expected version " + VERSION +
                    ")";
            }
            if (NativeMemory.getLong(base + CHECKSUM_OFFSET) != checksum(header))
            {
                return "checksum of the header is wrong";
            }
            final int fileBuckets = NativeMemory.getInt(base + BUCKETS_OFFSET);
            if (fileBuckets != buckets || length != lengthBytes(buckets))
            {
                return "buckets=" + fileBuckets + " length=" + length + " (expected " + buckets + " and " +
                    lengthBytes(buckets) + ")";
            }
            final long fileClockId = NativeMemory.getLong(base + CLOCK_ID_OFFSET);
            return fileClockId == clockId ? null : "clockId=" + Long.toHexString(fileClockId) +
                " is of another boot (expected " + Long.toHexString(clockId) + ")";
        }
    }

    /** Of the header as it is when it is complete, with its magic. */
    private static long checksum(final MemorySegment header)
    {
        final ByteBuffer bytes = ByteBuffer.allocate(CHECKSUM_OFFSET).order(ByteOrder.nativeOrder());
        bytes.put(header.asSlice(0, CHECKSUM_OFFSET).asByteBuffer()).putLong(MAGIC_OFFSET, MAGIC).flip();
        final CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }
}
