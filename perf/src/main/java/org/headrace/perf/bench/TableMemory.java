package org.headrace.perf.bench;

import org.headrace.forwarder.linux.MappedFile;
import org.headrace.forwarder.linux.MappingPages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A mapped file on the shared-memory file system, as the data plane has it; gone at the end. */
public final class TableMemory implements AutoCloseable
{
    private static final Path DIRECTORY = Path.of("/dev/shm");
    private static final long PAGE = 4096;

    /** Kinds of pages. */
    public enum Pages
    {
        /** As the data plane maps its tables. */
        HUGE,
        /** As a plain mapping gets them from a tmpfs that is mounted without {@code huge=}. */
        SMALL
    }

    private final MemorySegment segment;
    private final Runnable unmap;

    private TableMemory(final MemorySegment segment, final Runnable unmap)
    {
        this.segment = segment;
        this.unmap = unmap;
    }

    /**
     * @param pages         wanted.
     * @param lengthBytes   of the memory.
     * @param pretouchBytes from the start that are to be there at once.
     * @return the memory.
     */
    public static TableMemory of(final Pages pages, final long lengthBytes, final long pretouchBytes)
    {
        final Path file = DIRECTORY.resolve("headrace-bench-" + ProcessHandle.current().pid() + ".dat");
        try
        {
            // the mapping keeps the memory alive, and whatever ends the process gives it back
            if (pages == Pages.HUGE)
            {
                final MappedFile mapped = MappedFile.map(file, lengthBytes, pretouchBytes);
                Files.delete(file);
                return new TableMemory(mapped.memory(), mapped::close);
            }
            return ofSmallPages(file, lengthBytes, pretouchBytes);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot map file=" + file, ex);
        }
    }

    private static TableMemory ofSmallPages(final Path file, final long lengthBytes, final long pretouchBytes)
        throws IOException
    {
        final Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
            StandardOpenOption.WRITE))
        {
            final MemorySegment segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, lengthBytes, arena);
            Files.delete(file);
            for (long offset = 0; offset < pretouchBytes; offset += PAGE)
            {
                segment.set(ValueLayout.JAVA_BYTE, offset, (byte)0);
            }
            return new TableMemory(segment, arena::close);
        }
    }

    /** @return the memory. */
    public MemorySegment segment()
    {
        return segment;
    }

    /** @return bytes of it that are there. */
    public long residentBytes()
    {
        return pages().residentBytes();
    }

    /** @return what pages it consists of. */
    public MappingPages pages()
    {
        return MappingPages.of(segment.address(), segment.byteSize());
    }

    @Override
    public void close()
    {
        unmap.run();
    }
}
