package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.linux.Socket.AF_PACKET;
import static org.headrace.forwarder.linux.Socket.SOCK_CLOEXEC;
import static org.headrace.forwarder.linux.Socket.SOCK_RAW;
import static org.headrace.forwarder.linux.Socket.SOL_SOCKET;
import static org.headrace.forwarder.linux.Socket.SO_ATTACH_BPF;

import org.headrace.forwarder.io.bpf.BpfProgram;
import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A packet socket that only receives, into a mapped ring, from one interface. Constants are those of {@code
 * linux/if_packet.h}.
 *
 * <p>Control code, but for {@link #readOverruns} and {@link #clearError}.
 */
final class PacketSocket implements AutoCloseable
{
    static final int SOL_PACKET = 263;
    static final int PACKET_VERSION = 10;
    static final int TPACKET_V2 = 1;
    static final int PACKET_VNET_HDR = 15;

    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_RESERVE = 12;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_FANOUT_DATA = 22;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_FANOUT_EBPF = 7;
    private static final int PACKET_FANOUT_FLAG_UNIQUEID = 0x2000;
    private static final int SO_ATTACH_FILTER = 26;

    /** {@code ETH_P_ALL} of {@code linux/if_ether.h}, in network order. */
    private static final short ALL_PROTOCOLS = Short.reverseBytes((short)3);
    /** {@code struct sockaddr_ll}. */
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int STATISTICS_BYTES = 8;

    private final NetworkLink link;
    private final TpacketRing ring;
    private final long statistics = NativeMemory.allocate(STATISTICS_BYTES + Long.BYTES, Long.BYTES);
    private int fd;

    /**
     * Opens the socket and its ring; nothing arrives, and nothing costs the interface anything, before {@link #bind}.
     *
     * @param link      to receive from.
     * @param slotBytes size of a slot of the ring.
     * @param slots     least number of slots.
     */
    PacketSocket(final NetworkLink link, final int slotBytes, final int slots)
    {
        this.link = link;
        fd = (int)Syscall.check("socket(AF_PACKET)", Syscall.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        try
        {
            set(PACKET_VERSION, "PACKET_VERSION", TPACKET_V2);
            set(PACKET_RESERVE, "PACKET_RESERVE", TpacketDescriptor.RESERVE_BYTES);
            set(PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
            set(PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
            rejectAll();
            ring = new TpacketRing(fd, slotBytes, makeRing(slotBytes, slots));
        }
        catch (final RuntimeException ex)
        {
            fd = FileDescriptors.close(fd);
            throw ex;
        }
    }

    private void set(final int option, final String name, final int value)
    {
        Socket.setOption(fd, SOL_PACKET, option, name, value);
    }

    /** One classic instruction, "return 0": a bound socket would receive everything until it has its filter. */
    private void rejectAll()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment instruction = arena.allocateFrom(ValueLayout.JAVA_LONG, 0x06L);
            // struct sock_fprog: unsigned short len; struct sock_filter *filter.
            final MemorySegment program = arena.allocate(2L * Long.BYTES, Long.BYTES);
            program.set(ValueLayout.JAVA_SHORT, 0, (short)1);
            program.set(ValueLayout.JAVA_LONG, Long.BYTES, instruction.address());
            Syscall.check(
                "setsockopt(SO_ATTACH_FILTER)",
                Syscall.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program.address(), (int)program.byteSize()));
        }
    }

    private int makeRing(final int slotBytes, final int slots)
    {
        final int slotsPerBlock = TpacketDescriptor.BLOCK_BYTES / slotBytes;
        final int blocks = (slots + slotsPerBlock - 1) / slotsPerBlock;
        try (Arena arena = Arena.ofConfined())
        {
            // struct tpacket_req: tp_block_size, tp_block_nr, tp_frame_size, tp_frame_nr.
            final MemorySegment request = arena.allocateFrom(
                ValueLayout.JAVA_INT, TpacketDescriptor.BLOCK_BYTES, blocks, slotBytes, blocks * slotsPerBlock);
            Syscall.check(
                "setsockopt(PACKET_RX_RING, " + blocks + " blocks of " + TpacketDescriptor.BLOCK_BYTES + " bytes)",
                Syscall.setsockopt(fd, SOL_PACKET, PACKET_RX_RING, request.address(), (int)request.byteSize()));
        }
        return blocks;
    }

    /** Listens on the interface, and rejects everything before {@link #accept}. */
    void bind()
    {
        bind(fd, link, ALL_PROTOCOLS);
    }

    /**
     * @param fd       packet socket.
     * @param link     that it is to use.
     * @param protocol that it is to receive, in network order; 0 for none.
     */
    static void bind(final int fd, final NetworkLink link, final short protocol)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment address = arena.allocate(SOCKADDR_LL_BYTES, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short)AF_PACKET);
            address.set(ValueLayout.JAVA_SHORT, 2, protocol);
            address.set(ValueLayout.JAVA_INT, 4, link.index());
            Syscall.check(
                "bind(AF_PACKET, " + link.name() + ")", Syscall.bind(fd, address.address(), SOCKADDR_LL_BYTES));
        }
    }

    /**
     * Shares the interface's frames with the same kind of socket of other workers. A worker's place in the group is the
     * order in which they join.
     *
     * @param group   as the first worker's socket returned it, or below 0 for that first one.
     * @param program that chooses the place.
     * @return the group.
     */
    int joinFanout(final int group, final BpfProgram program)
    {
        final int flags = group < 0 ? PACKET_FANOUT_FLAG_UNIQUEID : 0;
        set(PACKET_FANOUT, "PACKET_FANOUT", Math.max(group, 0) | (PACKET_FANOUT_EBPF | flags) << 16);
        set(PACKET_FANOUT_DATA, "PACKET_FANOUT_DATA", program.fd());
        return Socket.option(fd, SOL_PACKET, PACKET_FANOUT, "PACKET_FANOUT") & 0xFFFF;
    }

    /**
     * Lets frames in.
     *
     * @param filter that chooses them.
     */
    void accept(final BpfProgram filter)
    {
        Socket.setOption(fd, SOL_SOCKET, SO_ATTACH_BPF, "SO_ATTACH_BPF", filter.fd());
    }

    int fd()
    {
        return fd;
    }

    TpacketRing ring()
    {
        return ring;
    }

    /**
     * Costs a system call; neither allocates nor throws.
     *
     * @return frames lost because the ring was full, since the last call.
     */
    long readOverruns()
    {
        // struct tpacket_stats: tp_packets, tp_drops; reading sets both to zero.
        final long length = statistics + STATISTICS_BYTES;
        NativeMemory.putInt(length, STATISTICS_BYTES);
        final long result = Syscall.tryGetsockopt(fd, SOL_PACKET, PACKET_STATISTICS, statistics, length);
        return result < 0 ? 0 : NativeMemory.getInt(statistics + Integer.BYTES) & 0xFFFF_FFFFL;
    }

    /**
     * Forgets a pending error, as an interface that went down leaves it: the socket counts as ready until somebody has
     * asked for it. Costs a system call; neither allocates nor throws.
     */
    void clearError()
    {
        final long length = statistics + STATISTICS_BYTES;
        NativeMemory.putInt(length, Integer.BYTES);
        Syscall.tryGetsockopt(fd, SOL_SOCKET, Socket.SO_ERROR, statistics, length);
    }

    @Override
    public void close()
    {
        ring.close();
        fd = FileDescriptors.close(fd);
    }
}
