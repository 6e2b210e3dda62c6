package org.headrace.perf.generate.link;

import org.headrace.forwarder.linux.MemoryMapping;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A packet socket with one mapped ring, for receiving or for sending: {@code linux/if_packet.h}, TPACKET_V2. Both kinds
 * are rows of equal slots, each beginning with {@code struct tpacket2_hdr}:
 * <pre>
 *   0        4     8        12   14   16            32
 *  +--------+-----+--------+----+----+-------------+---------------------
 *  | status | len | snaplen| mac| net|     ...     | when sending: frame
 *  +--------+-----+--------+----+----+-------------+---------------------
 *                            '--- when receiving: where the frame begins
 * </pre>
 */
final class PacketRing implements AutoCloseable
{
    static final int STATUS = 0;
    static final int LENGTH = 4;
    static final int CAPTURED = 8;
    static final int FRAME = 12;
    /** {@code TPACKET2_HDRLEN - sizeof(struct sockaddr_ll)}: place of a frame to be sent. */
    static final int SEND_OFFSET = 32;
    /** Receiving: the kernel's; sending: free. */
    static final int STATUS_KERNEL = 0;
    /** Receiving: {@code TP_STATUS_USER}; sending: {@code TP_STATUS_SEND_REQUEST}. */
    static final int STATUS_USER = 1;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_TX_RING = 13;
    private static final int PACKET_LOSS = 14;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TPACKET_V2 = 1;
    private static final int BLOCK_BYTES = 1 << 17;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int SEND_BUFFER_BYTES = 64 << 20;
    /** {@code ETH_P_ALL}, in network order. */
    private static final short ALL_PROTOCOLS = Short.reverseBytes((short)3);

    private final int fd;
    private final int slotBytes;
    private final MemoryMapping mapping;
    private final long end;
    private long head;

    private PacketRing(final int fd, final int slotBytes, final int slots, final MemoryMapping mapping)
    {
        this.fd = fd;
        this.slotBytes = slotBytes;
        this.mapping = mapping;
        head = mapping.address();
        end = head + (long)slots * slotBytes;
    }

    /** Opens a ring that receives everything from now on. */
    static PacketRing receiving(final NetworkLink link, final int slotBytes, final int slots)
    {
        return open(link, slotBytes, slots, PACKET_RX_RING, ALL_PROTOCOLS);
    }

    /** Opens a ring that sends; a frame may have up to slotBytes - {@link #SEND_OFFSET}. */
    static PacketRing sending(final NetworkLink link, final int slotBytes, final int slots)
    {
        return open(link, slotBytes, slots, PACKET_TX_RING, (short)0);
    }

    private static PacketRing open(
        final NetworkLink link, final int slotBytes, final int slots, final int kind, final short protocol)
    {
        if (Integer.bitCount(slotBytes) != 1 || (long)slots * slotBytes % BLOCK_BYTES != 0)
        {
            throw new IllegalArgumentException("slotBytes=" + slotBytes + " slots=" + slots +
                " (expected: power of two, and whole blocks of " + BLOCK_BYTES + ")");
        }
        final int fd = (int)Syscall.check("socket(AF_PACKET)",
            Syscall.socket(Socket.AF_PACKET, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined())
        {
            Socket.setOption(fd, SOL_PACKET, PACKET_VERSION, "PACKET_VERSION", TPACKET_V2);
            if (kind == PACKET_TX_RING)
            {
                Socket.setOption(fd, SOL_PACKET, PACKET_QDISC_BYPASS, "PACKET_QDISC_BYPASS", 1);
                Socket.setOption(fd, SOL_PACKET, PACKET_LOSS, "PACKET_LOSS", 1);
                Socket.setOption(fd, Socket.SOL_SOCKET, Socket.SO_SNDBUFFORCE, "SO_SNDBUFFORCE", SEND_BUFFER_BYTES);
            }
            else
            {
                Socket.setOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
            }
            final int blocks = (int)((long)slots * slotBytes / BLOCK_BYTES);
            // struct tpacket_req: tp_block_size, tp_block_nr, tp_frame_size, tp_frame_nr.
            final MemorySegment request =
                arena.allocateFrom(ValueLayout.JAVA_INT, BLOCK_BYTES, blocks, slotBytes, slots);
            Syscall.check("setsockopt(packet ring of " + slots + " slots)",
                Syscall.setsockopt(fd, SOL_PACKET, kind, request.address(), (int)request.byteSize()));
            final MemoryMapping mapping = MemoryMapping.ofFile("packet ring", fd, 0, (long)blocks * BLOCK_BYTES);
            // struct sockaddr_ll: family, protocol, interface, hardware type, packet type, address.
            final MemorySegment address = arena.allocate(SOCKADDR_LL_BYTES, Integer.BYTES);
            address.set(ValueLayout.JAVA_SHORT, 0, (short)Socket.AF_PACKET);
            address.set(ValueLayout.JAVA_SHORT, 2, protocol);
            address.set(ValueLayout.JAVA_INT, 4, link.index());
            Syscall.check("bind(AF_PACKET, " + link.name() + ")",
                Syscall.bind(fd, address.address(), SOCKADDR_LL_BYTES));
            return new PacketRing(fd, slotBytes, slots, mapping);
        }
        catch (final RuntimeException e)
        {
            Syscall.close(fd);
            throw e;
        }
    }

    /** Returns the slot that is next. */
    long head()
    {
        return head;
    }

    /** Returns the slot so many after the head. */
    long ahead(final int slots)
    {
        final long slot = head + (long)slots * slotBytes;
        return slot < end ? slot : slot - (end - mapping.address());
    }

    /** Goes on to the next slot. */
    void advance()
    {
        head = ahead(1);
    }

    /** Returns a slot's status; what the kernel wrote before it is seen. */
    static int statusAcquire(final long slot)
    {
        return NativeMemory.getIntAcquire(slot + STATUS);
    }

    /** Hands a slot over to the kernel, with what was written to it. */
    static void statusRelease(final long slot, final int status)
    {
        NativeMemory.putIntRelease(slot + STATUS, status);
    }

    /** Has the kernel look at the ring of frames to be sent; what it cannot send now stays there. */
    void kick()
    {
        Syscall.send(fd, 0, 0, Socket.MSG_DONTWAIT);
    }

    /** Returns frames lost because the ring was full, since the last call. */
    long readLost()
    {
        try (Arena arena = Arena.ofConfined())
        {
            // struct tpacket_stats: tp_packets, tp_drops; reading sets both to zero.
            final MemorySegment statistics = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
            final MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, 2 * Integer.BYTES);
            Syscall.check("getsockopt(PACKET_STATISTICS)",
                Syscall.getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, statistics.address(), length.address()));
            return statistics.get(ValueLayout.JAVA_INT, Integer.BYTES) & 0xFFFF_FFFFL;
        }
    }

    @Override
    public void close()
    {
        mapping.close();
        Syscall.close(fd);
    }
}
