package org.headrace.forwarder.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file as memory that outlives the process, in huge pages where the host has them, its pages there before the first
 * packet.
 *
 * <p>A page that the file system has no room for ends the process with SIGBUS when it is first touched, perhaps days
 * later. So everything that is touched at the start is given room there and then, and a lack of it is an exception.
 * What lies behind that, which on a file system in memory would be paid for whether used or not, {@link #reserve} gives
 * room to when it is known to be needed.
 *
 * <p>The mapping begins at a huge page's boundary. Which pages it gets depends on the file system:
 * <ul>
 * <li>hugetlbfs: the pages that were set aside for it; the file's length is rounded up to whole ones;</li>
 * <li>tmpfs: huge pages by its mount option {@code huge=}, else made by {@code MADV_COLLAPSE} (Linux 6.1), which asks
 * no setting but {@code shmem_enabled=deny};</li>
 * <li>others: whatever {@code MADV_HUGEPAGE} gets from them, mostly nothing.</li>
 * </ul>
 *
 * <p>For control code; the calling thread waits until the pages are there.
 */
public final class MappedFile implements AutoCloseable
{
    private static final int O_RDWR_CLOEXEC = 0x80002;
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 0x1;
    private static final int MAP_PRIVATE = 0x2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;

    private final Path file;
    private final String fileSystem;
    private final long pageBytes;
    private final int fd;
    private final long lengthBytes;
    private final long mappedBytes;
    private final long address;
    private long touchedBytes;

    private MappedFile(final Path file, final String fileSystem, final long pageBytes, final long lengthBytes)
    {
        this.file = file;
        this.fileSystem = fileSystem;
        this.pageBytes = pageBytes;
        this.lengthBytes = lengthBytes;
        mappedBytes = isHugetlbfs() ? PageSupply.up(lengthBytes, pageBytes) : lengthBytes;
        fd = (int)Syscall.check("open(" + file + ")", Syscall.open(file.toString(), O_RDWR_CLOEXEC));
        long mapped = 0;
        try
        {
            giveLength();
            mapped = mapAligned();
        }
        finally
        {
            if (mapped == 0)
            {
                FileDescriptors.close(fd);
            }
        }
        address = mapped;
    }

    /**
     * Maps a file, readable and writable by its owner; makes it, full of zeros, if it is not there, and keeps what is
     * in it if it is.
     *
     * @param file          in a directory that is there.
     * @param lengthBytes   of the file, above 0.
     * @param pretouchBytes how many bytes from the start get their pages now, 0 to {@code lengthBytes}.
     * @return the mapped file.
     * @throws IllegalArgumentException if a file of another length is there.
     * @throws IllegalStateException    if there is not enough room or memory; a file made by this call is gone again.
     */
    public static MappedFile map(final Path file, final long lengthBytes, final long pretouchBytes)
    {
        if (lengthBytes <= 0 || pretouchBytes < 0 || pretouchBytes > lengthBytes)
        {
            throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " pretouchBytes=" + pretouchBytes +
                " (expected: 0 <= pretouchBytes <= lengthBytes, 0 < lengthBytes)");
        }
        boolean isNew = false;
        boolean isMapped = false;
        try
        {
            isNew = makeFile(file);
            final FileStore store = Files.getFileStore(file);
            final MappedFile mapped = new MappedFile(file, store.type(), store.getBlockSize(), lengthBytes);
            try
            {
                if (isNew)
                {
                    mapped.reserve(0, pretouchBytes);
                }
                else
                {
                    mapped.touch(0, pretouchBytes);
                }
                isMapped = true;
                return mapped;
            }
            finally
            {
                if (!isMapped)
                {
                    mapped.close();
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(
                "cannot map lengthBytes=" + lengthBytes + " of file=" + file + ": " + ex, ex);
        }
        finally
        {
            if (isNew && !isMapped)
            {
                deleteQuietly(file);
            }
        }
    }

    /**
     * Gives pages to a part of the file, so that touching it cannot fail any more.
     *
     * @param offset of the part.
     * @param length of the part in bytes.
     * @throws IllegalStateException if there is not enough room or memory, with how much there is.
     */
    public void reserve(final long offset, final long length)
    {
        if (offset < 0 || length < 0 || offset > lengthBytes - length)
        {
            throw new IllegalArgumentException("offset=" + offset + " length=" + length + " (expected: within " +
                lengthBytes + " bytes)");
        }
        if (isTmpfs())
        {
            checkMemory(length);
        }
        touch(offset, length);
    }

    /** @return the file's bytes, aligned to 2 MiB, usable until {@link #close}, by any thread. */
    public MemorySegment memory()
    {
        return NativeMemory.segment(address, lengthBytes);
    }

    /** @return bytes that lie in huge pages now: reads {@code /proc/self/smaps}. */
    public long hugePageBytes()
    {
        return MappingPages.of(address, mappedBytes).hugeBytes();
    }

    /** @return for the log: {@code file=… lengthBytes=… touchedBytes=… hugePageBytes=… fileSystem=tmpfs}. */
    @Override
    public String toString()
    {
        return "file=" + file + " lengthBytes=" + lengthBytes + " touchedBytes=" + touchedBytes + " hugePageBytes=" +
            hugePageBytes() + " fileSystem=" + fileSystem;
    }

    /** Unmaps; the file stays. After that any access to the memory ends the process. */
    @Override
    public void close()
    {
        Syscall.munmap(address, mappedBytes);
        FileDescriptors.close(fd);
    }

    private static boolean makeFile(final Path file) throws IOException
    {
        if (Files.exists(file))
        {
            return false;
        }
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return true;
    }

    private void giveLength()
    {
        final long found = file.toFile().length();
        if (found != 0 && found != mappedBytes)
        {
            throw new IllegalArgumentException("file=" + file + " lengthBytes=" + found + " (expected: " + mappedBytes +
                ")");
        }
        Syscall.check("ftruncate(" + file + ", " + mappedBytes + ")", Syscall.ftruncate(fd, mappedBytes));
    }

    private void touch(final long offset, final long length)
    {
        if (length == 0)
        {
            return;
        }
        final PageSupply supply = new PageSupply(fd, address, mappedBytes, isHugetlbfs() ? pageBytes : 0);
        final long result = supply.touch(offset, length, !isTmpfs() && !isHugetlbfs());
        if (result < 0)
        {
            throw noRoom(length, Errno.describe((int)-result));
        }
        touchedBytes = Math.max(touchedBytes, offset + length);
    }

    /** Takes address space that is one huge page too long, and of it the part that begins at a boundary. */
    private long mapAligned()
    {
        final long alignment = Math.max(PageSupply.HUGE_PAGE, isHugetlbfs() ? pageBytes : 0);
        final long spaceBytes = PageSupply.up(mappedBytes, alignment) + alignment;
        final String call = "mmap(" + file + ", " + mappedBytes + " bytes)";
        final long space = Syscall.check(call, Syscall.mmap(
            spaceBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        final long start = PageSupply.up(space, alignment);
        final long result = Syscall.mmapFixed(
            start, mappedBytes, PROT_READ_WRITE, MAP_SHARED | MAP_NORESERVE, fd);
        if (result < 0)
        {
            Syscall.munmap(space, spaceBytes);
            return Syscall.check(call, result);
        }
        final long end = start + PageSupply.up(mappedBytes, alignment);
        Syscall.munmap(space, start - space);
        Syscall.munmap(end, space + spaceBytes - end);
        return start;
    }

    /** A tmpfs may be allowed more than the host has; filling it would call the out-of-memory killer. */
    private void checkMemory(final long neededBytes)
    {
        final long available = HostMemory.availableBytes();
        if (neededBytes > available)
        {
            throw noRoom(neededBytes, "the host's memory: available=" + available);
        }
    }

    private IllegalStateException noRoom(final long neededBytes, final String cause)
    {
        final String advice = isHugetlbfs() ? "raise vm.nr_hugepages" :
            "make the file system larger (mount -o remount,size=...)";
        return new IllegalStateException("no room for bytes=" + neededBytes + " of file=" + file + " fileSystem=" +
            fileSystem + " usableBytes=" + file.toFile().getUsableSpace() + ": " + cause + "; " + advice +
            ", or lower dataplane.connections");
    }

    private boolean isTmpfs()
    {
        return "tmpfs".equals(fileSystem);
    }

    private boolean isHugetlbfs()
    {
        return "hugetlbfs".equals(fileSystem);
    }

    private static void deleteQuietly(final Path file)
    {
        try
        {
            Files.deleteIfExists(file);
        }
        catch (final IOException ignored)
        {
            // The exception that is on its way says what is wrong; an empty file that stays behind is no harm.
            return;
        }
    }
}
