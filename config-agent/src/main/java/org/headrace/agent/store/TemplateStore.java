package org.headrace.agent.store;

import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.agrona.CloseHelper;
import org.headrace.protocol.TemplateSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Templates in a file, by Chronicle Map. What was put is in the host's page cache at once, so it survives the death of
 * this process; the host itself writes it to the disk within half a minute, and at an orderly shutdown.
 *
 * <p>A process that dies can leave a segment of the file locked, and then the next put would wait a minute and fail; so
 * a file that was not closed is recovered when it is opened, entry by entry. A file that cannot be recovered is set
 * aside. Not thread safe.
 */
public final class TemplateStore implements AutoCloseable
{
    /** Name of the file in the store's directory. */
    public static final String FILE_NAME = "templates.cmap";
    /** Held by the one process that has the file open. */
    static final String LOCK_NAME = "templates.lock";
    /** Stands beside the file while it is known to be whole. */
    static final String CLOSED_NAME = "templates.closed";
    /** Follows the name of a file that was set aside. */
    static final String SET_ASIDE_SUFFIX = ".set-aside";

    private static final Logger LOGGER = LoggerFactory.getLogger(TemplateStore.class);
    /** Of a Chronicle Map file: checksum 8, size and flags 4, header. */
    private static final int HEADER_SIZE_OFFSET = 8;
    private static final int HEADER_OFFSET = 12;
    private static final int HEADER_NOT_READY = 1 << 31;
    private static final int HEADER_SIZE_MASK = (1 << 30) - 1;
    private static final double MAX_BLOAT_FACTOR = 4;

    private final Path file;
    private final FileChannel lock;
    private final ChronicleMap<byte[], byte[]> map;
    private final byte[] key = new byte[TemplateCodec.KEY_LENGTH];
    private final byte[] value = new byte[TemplateCodec.VALUE_LENGTH];

    private TemplateStore(final Path file, final FileChannel lock, final ChronicleMap<byte[], byte[]> map)
    {
        this.file = file;
        this.lock = lock;
        this.map = map;
    }

    /**
     * Opens the file, or makes it. Takes seconds the first time, and after a crash seconds for every million entries.
     *
     * @param directory is made if it does not exist.
     * @param entries   templates that the file is made for.
     * @return the open store.
     * @throws IOException if there can be no file, or another process has it.
     */
    public static TemplateStore open(final Path directory, final int entries) throws IOException
    {
        if (!Files.isDirectory(directory))
        {
            Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        final Path file = directory.resolve(FILE_NAME);
        final FileChannel lock = lock(directory);
        try
        {
            return new TemplateStore(file, lock, openOrSetAside(file, entries));
        }
        catch (final IOException | RuntimeException ex)
        {
            lock.close();
            throw ex;
        }
    }

    private static FileChannel lock(final Path directory) throws IOException
    {
        final FileChannel channel = FileChannel.open(
            directory.resolve(LOCK_NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try
        {
            if (channel.tryLock() != null)
            {
                return channel;
            }
        }
        catch (final OverlappingFileLockException _)
        {
            LOGGER.debug("event=store-locked directory={}", directory);
        }
        channel.close();
        throw new IOException("directory=" + directory +
            " is in use by another agent; several on one host need an agent.store each");
    }

    private static ChronicleMap<byte[], byte[]> openOrSetAside(final Path file, final int entries) throws IOException
    {
        final boolean isWhole = Files.deleteIfExists(file.resolveSibling(CLOSED_NAME));
        if (Files.exists(file) && !hasHeader(file))
        {
            setAside(file, "its header is not complete");
        }
        try
        {
            return open(file, entries, isWhole);
        }
        catch (final IOException | RuntimeException ex)
        {
            if (!Files.exists(file))
            {
                throw ex;
            }
            setAside(file, ex.toString());
            return open(file, entries, true);
        }
    }

    /**
     * Chronicle Map waits a minute for a header that is not complete, because another process might be making it. Here
     * there is none: it was killed, or the file is damaged.
     */
    private static boolean hasHeader(final Path file) throws IOException
    {
        final ByteBuffer start = ByteBuffer.allocate(HEADER_OFFSET).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ))
        {
            final int read = channel.read(start, 0);
            final int word = read < HEADER_OFFSET ? HEADER_NOT_READY : start.getInt(HEADER_SIZE_OFFSET);
            return (word & HEADER_NOT_READY) == 0 && HEADER_OFFSET + (word & HEADER_SIZE_MASK) <= channel.size();
        }
    }

    private static void setAside(final Path file, final String reason) throws IOException
    {
        final Path aside = file.resolveSibling(FILE_NAME + SET_ASIDE_SUFFIX);
        Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
        LOGGER.error("event=store-set-aside file={} reason=\"{}\"", aside, reason);
    }

    private static ChronicleMap<byte[], byte[]> open(final Path file, final int entries, final boolean isWhole)
        throws IOException
    {
        final ChronicleMapBuilder<byte[], byte[]> builder = ChronicleMapBuilder.of(byte[].class, byte[].class)
            .name("templates")
            .constantKeySizeBySample(new byte[TemplateCodec.KEY_LENGTH])
            .constantValueSizeBySample(new byte[TemplateCodec.VALUE_LENGTH])
            .entries(entries)
            .maxBloatFactor(MAX_BLOAT_FACTOR);
        final long startNs = System.nanoTime();
        final boolean isThere = Files.exists(file);
        final long[] faults = {0};
        final ChronicleMap<byte[], byte[]> map = isWhole || !isThere ? builder.createPersistedTo(file.toFile()) :
            builder.recoverPersistedTo(file.toFile(), true, _ -> faults[0]++);
        LOGGER.info("event=store-open file={} templates={} recovered={} faults={} ms={}", file, map.longSize(),
            isThere && !isWhole, faults[0], TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        return map;
    }

    /** @param template in place of an older one of the same client. @return false if the file is full. */
    public boolean put(final TemplateSnapshot template)
    {
        TemplateCodec.encodeKey(template, key);
        TemplateCodec.encodeValue(template, value);
        try
        {
            map.put(key, value);
            return true;
        }
        catch (final IllegalStateException | IllegalArgumentException ex)
        {
            LOGGER.debug("event=store-full", ex);
            return false;
        }
    }

    /** @return templates in the file, expired ones included. */
    public long size()
    {
        return map.longSize();
    }

    /** @return parts of the file; each can be read and purged by itself. */
    public int segments()
    {
        return map.segments();
    }

    /**
     * @param segment 0 to {@link #segments()} - 1.
     * @param nowMs   milliseconds since 1970.
     * @return the templates of this part that have not expired.
     */
    public List<TemplateSnapshot> read(final int segment, final long nowMs)
    {
        final List<TemplateSnapshot> templates = new ArrayList<>();
        try (var context = map.segmentContext(segment))
        {
            context.forEachSegmentEntry(entry ->
            {
                final TemplateSnapshot template =
                    TemplateCodec.decode(entry.key().get(), entry.value().get(), nowMs);
                if (template != null)
                {
                    templates.add(template);
                }
            });
        }
        return templates;
    }

    /**
     * Removes what has expired.
     *
     * @param segment 0 to {@link #segments()} - 1.
     * @param nowMs   milliseconds since 1970.
     * @return number of templates removed.
     */
    public int purge(final int segment, final long nowMs)
    {
        final int[] purged = {0};
        try (var context = map.segmentContext(segment))
        {
            context.forEachSegmentEntry(entry ->
            {
                if (TemplateCodec.expiresMs(entry.value().get()) <= nowMs)
                {
                    entry.doRemove();
                    purged[0]++;
                }
            });
        }
        return purged[0];
    }

    /**
     * Closes a store that is damaged and puts its file out of the way.
     *
     * @param reason for the log.
     * @throws IOException if the file cannot be moved.
     */
    public void discard(final String reason) throws IOException
    {
        try
        {
            map.close();
        }
        catch (final RuntimeException ex)
        {
            LOGGER.debug("event=store-close-failed", ex);
        }
        try
        {
            setAside(file, reason);
        }
        finally
        {
            CloseHelper.quietClose(lock);
        }
    }

    @Override
    public void close()
    {
        map.close();
        try
        {
            Files.createFile(file.resolveSibling(CLOSED_NAME));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot mark " + file + " as closed", ex);
        }
        finally
        {
            CloseHelper.quietClose(lock);
        }
    }
}
