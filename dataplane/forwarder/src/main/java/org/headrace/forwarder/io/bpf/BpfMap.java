package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.SystemCallException;

/**
 * A table in the kernel that programs read, {@code BPF_MAP_CREATE}. Used by control code only; lives until the last
 * program that uses it is gone and this descriptor is closed.
 */
final class BpfMap implements AutoCloseable
{
    /** Kinds of maps ({@code enum bpf_map_type}). */
    enum Kind
    {
        /** Hash table. */
        HASH(1),
        /** Hash table that forgets its least recently used entry when it is full. */
        LRU_HASH(9),
        /** AF_XDP sockets by the number of the receive queue. */
        XSKMAP(17);

        private final int number;

        Kind(final int number)
        {
            this.number = number;
        }
    }

    private final String name;
    private final int keyBytes;
    private final int maxEntries;
    private int fd;

    private BpfMap(final String name, final int keyBytes, final int maxEntries, final int fd)
    {
        this.name = name;
        this.keyBytes = keyBytes;
        this.maxEntries = maxEntries;
        this.fd = fd;
    }

    /**
     * @param kind       of the map.
     * @param name       for tools, at most 15 characters.
     * @param keyBytes   length of a key.
     * @param valueBytes length of a value.
     * @param maxEntries limit.
     * @return the new map.
     */
    static BpfMap create(
        final Kind kind, final String name, final int keyBytes, final int valueBytes, final int maxEntries)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.MAP_CREATE))
        {
            final long fd = command
                .putInt(0, kind.number)
                .putInt(4, keyBytes)
                .putInt(8, valueBytes)
                .putInt(12, maxEntries)
                .putInt(16, 0)
                .putName(28, name)
                .run();
            Syscall.check("bpf(MAP_CREATE, " + name + ", entries=" + maxEntries + ")", fd);
            return new BpfMap(name, keyBytes, maxEntries, (int)fd);
        }
    }

    int fd()
    {
        return fd;
    }

    int keyBytes()
    {
        return keyBytes;
    }

    /** Stores the value, whether or not the key is there already. */
    void put(final byte[] key, final byte[] value)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.MAP_UPDATE_ELEM))
        {
            final long result = command.putInt(0, fd).putBytes(8, key).putBytes(16, value).putLong(24, 0).run();
            if (result == -Errno.E2BIG.number())
            {
                throw new SystemCallException(
                    "bpf(MAP_UPDATE_ELEM, " + name + ")", Errno.E2BIG.number(),
                    "entries > MAX_ENTRIES=" + maxEntries);
            }
            Syscall.check("bpf(MAP_UPDATE_ELEM, " + name + ")", result);
        }
    }

    /** Removes the key if it is there. */
    void remove(final byte[] key)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.MAP_DELETE_ELEM))
        {
            final long result = command.putInt(0, fd).putBytes(8, key).run();
            if (result != -Errno.ENOENT.number())
            {
                Syscall.check("bpf(MAP_DELETE_ELEM, " + name + ")", result);
            }
        }
    }

    boolean contains(final byte[] key, final int valueBytes)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.MAP_LOOKUP_ELEM))
        {
            final long result = command.putInt(0, fd)
                .putBytes(8, key).putPointer(16, command.allocate(valueBytes)).run();
            return result != -Errno.ENOENT.number() && Syscall.check("bpf(MAP_LOOKUP_ELEM, " + name + ")", result) == 0;
        }
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
