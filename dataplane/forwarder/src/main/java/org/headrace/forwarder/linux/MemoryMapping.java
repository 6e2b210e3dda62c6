package org.headrace.forwarder.linux;

/** Memory shared with the kernel or with other processes, {@code mmap(2)}. Access it through {@link NativeMemory}. */
public final class MemoryMapping implements AutoCloseable
{
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MAP_POPULATE = 0x8000;

    private final long address;
    private final long lengthBytes;
    private boolean isClosed;

    private MemoryMapping(final long address, final long lengthBytes)
    {
        this.address = address;
        this.lengthBytes = lengthBytes;
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
        return new MemoryMapping(address, lengthBytes);
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
            Syscall.munmap(address, lengthBytes);
        }
    }
}
