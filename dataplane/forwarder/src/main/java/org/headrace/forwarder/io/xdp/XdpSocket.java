package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.linux.Socket.AF_XDP;
import static org.headrace.forwarder.linux.Socket.SOCK_CLOEXEC;
import static org.headrace.forwarder.linux.Socket.SOCK_RAW;
import static org.headrace.forwarder.linux.Socket.SOL_SOCKET;
import static org.headrace.forwarder.linux.Socket.SOL_XDP;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.MemoryMapping;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.SystemCallException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * An AF_XDP socket and its four rings. It has them from the beginning; nothing arrives, and nothing costs the interface
 * anything, before {@link #bind}.
 *
 * <p>Control code, but for {@link #readLosses}.
 */
final class XdpSocket implements AutoCloseable
{
    private static final int SEND_BUFFER_BYTES = 64 << 20;

    /** Calls never wait, so that any time above 0 means: poll once. */
    private static final int BUSY_POLL_MICROS = 20;

    private final long statistics =
        NativeMemory.allocate(XdpDescriptor.STATISTICS_BYTES + Long.BYTES, Long.BYTES);
    private final List<MemoryMapping> mappings = new ArrayList<>();
    private final ProducerRing fill;
    private final ConsumerRing completion;
    private final ConsumerRing receive;
    private final ProducerRing transmit;
    private int fd;
    private boolean isPolledBusily;
    private long seenLosses;

    /**
     * @param owned         memory to share with the kernel, or null if {@link #bind} names the socket that shares it.
     * @param receiveSlots  size of fill and receive ring, a power of two.
     * @param transmitSlots size of transmit and completion ring, a power of two.
     */
    XdpSocket(final Umem owned, final int receiveSlots, final int transmitSlots)
    {
        fd = (int)Syscall.check("socket(AF_XDP)", Syscall.socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
        try
        {
            if (owned != null)
            {
                register(owned);
            }
            set(XdpDescriptor.XDP_UMEM_FILL_RING, "XDP_UMEM_FILL_RING", receiveSlots);
            set(XdpDescriptor.XDP_UMEM_COMPLETION_RING, "XDP_UMEM_COMPLETION_RING", transmitSlots);
            set(XdpDescriptor.XDP_RX_RING, "XDP_RX_RING", receiveSlots);
            set(XdpDescriptor.XDP_TX_RING, "XDP_TX_RING", transmitSlots);
            // In copy mode each packet is a buffer of the kernel's until its receiver has taken it.
            Socket.setOption(fd, SOL_SOCKET, Socket.SO_SNDBUFFORCE, "SO_SNDBUFFORCE", SEND_BUFFER_BYTES);
            raiseBudget(transmitSlots);
            final MemorySegment offsets = offsets();
            fill = new ProducerRing(map(
                offsets, XdpDescriptor.OFFSETS_FILL, XdpDescriptor.XDP_UMEM_PGOFF_FILL_RING, receiveSlots,
                Long.BYTES));
            completion = new ConsumerRing(map(
                offsets, XdpDescriptor.OFFSETS_COMPLETION, XdpDescriptor.XDP_UMEM_PGOFF_COMPLETION_RING,
                transmitSlots, Long.BYTES));
            receive = new ConsumerRing(map(
                offsets, XdpDescriptor.OFFSETS_RX, XdpDescriptor.XDP_PGOFF_RX_RING, receiveSlots,
                XdpDescriptor.DESC_BYTES));
            transmit = new ProducerRing(map(
                offsets, XdpDescriptor.OFFSETS_TX, XdpDescriptor.XDP_PGOFF_TX_RING, transmitSlots,
                XdpDescriptor.DESC_BYTES));
        }
        catch (final RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    private void register(final Umem umem)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment request = arena.allocate(XdpDescriptor.UMEM_REG_BYTES, Long.BYTES);
            request.set(ValueLayout.JAVA_LONG, 0, umem.address());
            request.set(ValueLayout.JAVA_LONG, XdpDescriptor.UMEM_REG_LENGTH, umem.lengthBytes());
            request.set(ValueLayout.JAVA_INT, XdpDescriptor.UMEM_REG_CHUNK, umem.frameBytes());
            final String call = "setsockopt(XDP_UMEM_REG, " + umem.lengthBytes() + " bytes)";
            final long result = Syscall.setsockopt(
                fd, SOL_XDP, XdpDescriptor.XDP_UMEM_REG, request.address(), XdpDescriptor.UMEM_REG_BYTES);
            if (result == -Errno.ENOBUFS.number())
            {
                throw new SystemCallException(call, Errno.ENOBUFS.number(),
                    "the limit of locked memory is reached: give the process CAP_IPC_LOCK or raise it (ulimit -l)");
            }
            Syscall.check(call, result);
        }
    }

    private void set(final int option, final String name, final int value)
    {
        Socket.setOption(fd, SOL_XDP, option, name, value);
    }

    private void raiseBudget(final int transmitSlots)
    {
        try
        {
            set(XdpDescriptor.XDP_MAX_TX_SKB_BUDGET, "XDP_MAX_TX_SKB_BUDGET", transmitSlots);
        }
        catch (final SystemCallException ex)
        {
            if (!ex.is(Errno.ENOPROTOOPT))
            {
                throw ex;
            }
            // Before Linux 6.17 a call sends 32; QueuePort calls again.
        }
    }

    private MemorySegment offsets()
    {
        final MemorySegment offsets = Arena.ofAuto().allocate(XdpDescriptor.OFFSETS_BYTES, Long.BYTES);
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, XdpDescriptor.OFFSETS_BYTES);
            Syscall.check(
                "getsockopt(XDP_MMAP_OFFSETS)",
                Syscall.getsockopt(
                    fd, SOL_XDP, XdpDescriptor.XDP_MMAP_OFFSETS, offsets.address(), length.address()));
        }
        return offsets;
    }

    private RingPlaces map(
        final MemorySegment offsets, final int ring, final long pageOffset, final int slots, final int entryBytes)
    {
        final long entries = offsets.get(ValueLayout.JAVA_LONG, ring + XdpDescriptor.OFFSET_ENTRIES);
        final MemoryMapping mapping =
            MemoryMapping.ofFile("AF_XDP ring", fd, pageOffset, entries + (long)slots * entryBytes);
        mappings.add(mapping);
        final long base = mapping.address();
        return new RingPlaces(
            base + offsets.get(ValueLayout.JAVA_LONG, ring + XdpDescriptor.OFFSET_PRODUCER),
            base + offsets.get(ValueLayout.JAVA_LONG, ring + XdpDescriptor.OFFSET_CONSUMER),
            base + offsets.get(ValueLayout.JAVA_LONG, ring + XdpDescriptor.OFFSET_FLAGS),
            base + entries,
            slots);
    }

    /**
     * Joins an interface's queue. A socket that shares another's memory takes over how that one works.
     *
     * @param ifindex  of the interface.
     * @param queue    from 0.
     * @param flags    {@code sxdp_flags}.
     * @param sharedFd socket that owns the memory; without meaning unless the flags name XDP_SHARED_UMEM.
     * @return 0, or the negative error number: {@code EBUSY} while another socket has the queue.
     */
    long bind(final int ifindex, final int queue, final int flags, final int sharedFd)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment address = arena.allocate(XdpDescriptor.SOCKADDR_BYTES, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short)AF_XDP);
            address.set(ValueLayout.JAVA_SHORT, XdpDescriptor.SOCKADDR_FLAGS, (short)flags);
            address.set(ValueLayout.JAVA_INT, XdpDescriptor.SOCKADDR_IFINDEX, ifindex);
            address.set(ValueLayout.JAVA_INT, XdpDescriptor.SOCKADDR_QUEUE, queue);
            address.set(ValueLayout.JAVA_INT, XdpDescriptor.SOCKADDR_SHARED_FD, sharedFd);
            return Syscall.bind(fd, address.address(), XdpDescriptor.SOCKADDR_BYTES);
        }
    }

    /** Lets calls of this socket run the interface's receive path instead of its interrupts.
     * @param budget packets of a poll. */
    void pollBusily(final int budget)
    {
        Socket.setOption(fd, SOL_SOCKET, Socket.SO_PREFER_BUSY_POLL, "SO_PREFER_BUSY_POLL", 1);
        Socket.setOption(fd, SOL_SOCKET, Socket.SO_BUSY_POLL, "SO_BUSY_POLL", BUSY_POLL_MICROS);
        Socket.setOption(fd, SOL_SOCKET, Socket.SO_BUSY_POLL_BUDGET, "SO_BUSY_POLL_BUDGET", budget);
        isPolledBusily = true;
    }

    /** @return true if the interface's receive path waits for calls of this socket. */
    boolean isPolledBusily()
    {
        return isPolledBusily;
    }

    int fd()
    {
        return fd;
    }

    /** @return frames for the kernel to receive into. */
    ProducerRing fill()
    {
        return fill;
    }

    /** @return frames that the kernel has sent. */
    ConsumerRing completion()
    {
        return completion;
    }

    /** @return packets that have arrived. */
    ConsumerRing receive()
    {
        return receive;
    }

    /** @return packets to send. */
    ProducerRing transmit()
    {
        return transmit;
    }

    /**
     * Costs a system call; neither allocates nor throws.
     *
     * @return packets that the kernel had to drop before the receive ring, since the last call: no frame to receive
     *         into, no room in the ring, or longer than a frame.
     */
    long readLosses()
    {
        final long length = statistics + XdpDescriptor.STATISTICS_BYTES;
        NativeMemory.putInt(length, XdpDescriptor.STATISTICS_BYTES);
        if (Syscall.tryGetsockopt(fd, SOL_XDP, XdpDescriptor.XDP_STATISTICS, statistics, length) < 0)
        {
            return 0;
        }
        // An empty fill ring counts there as well, in rx_fill_ring_empty_descs; it would be counted twice.
        final long losses = NativeMemory.getLong(statistics + XdpDescriptor.STATISTICS_RX_DROPPED) +
            NativeMemory.getLong(statistics + XdpDescriptor.STATISTICS_RX_RING_FULL);
        final long more = losses - seenLosses;
        seenLosses = losses;
        return more;
    }

    @Override
    public void close()
    {
        mappings.forEach(MemoryMapping::close);
        mappings.clear();
        fd = FileDescriptors.close(fd);
    }
}
