package org.headrace.forwarder.linux;

/** Memory shared with the kernel or with other processes, {@code mmap(2)}. Access it through {@link NativeMemory}. */
public final class MemoryMapping implements AutoCloseable
{
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;

    private final long start;
    private final long lengthBytes;
    private final long address;
    private boolean isClosed;

    private MemoryMapping(final long start, final long lengthBytes, final long address)
    {
        this.start = start;
        this.lengthBytes = lengthBytes;
        this.address = address;
    }

    /**
     * Maps a part of a file, socket or ring and touches every page of it.
     *
     * @param name        for the message.
     * @param fd          to map.
     * @param offset      of the part.
     * @param lengthBytes of the part.
     * @return the mapping, readable and writable.
     */
    public static MemoryMapping ofFile(final String name, final int fd, final long offset, final long lengthBytes)
    {
        final long address = Syscall.check(
            "mmap(" + name + ", " + lengthBytes + " bytes)",
            Syscall.mmap(lengthBytes, PROT_READ_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset));
        return new MemoryMapping(address, lengthBytes, address);
    }

    /**
     * Maps memory of our own, zeroed, and touches every page of it: huge pages where the host gives them
     * ({@code /sys/kernel/mm/transparent_hugepage/enabled} says {@code madvise} or {@code always}).
     *
     * @param name        for the message.
     * @param lengthBytes of the memory.
     * @return the mapping, readable and writable, aligned to a huge page.
     */
    public static MemoryMapping ofMemory(final String name, final long lengthBytes)
    {
        final long mappedBytes = PageSupply.up(lengthBytes, PageSupply.HUGE_PAGE) + PageSupply.HUGE_PAGE;
        final String call = "mmap(" + name + ", " + lengthBytes + " bytes)";
        final long start =
            Syscall.check(call, Syscall.mmap(mappedBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0));
        final long address = PageSupply.up(start, PageSupply.HUGE_PAGE);
        final MemoryMapping mapping = new MemoryMapping(start, mappedBytes, address);
        // Advice only: where it is not taken the pages are small.
        Syscall.madvise(address, lengthBytes, MADV_HUGEPAGE);
        final long result = Syscall.madvise(address, lengthBytes, MADV_POPULATE_WRITE);
        if (result < 0 && result != -Errno.EINVAL.number())
        {
            mapping.close();
            Syscall.check(call, result);
        }
        return mapping;
    }

    /**
     * @return address of the first byte.
     */
    public long address()
    {
        return address;
    }

    /** Unmaps; after that any access to the memory ends the process. */
    @Override
    public void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            Syscall.munmap(start, lengthBytes);
        }
    }
}
