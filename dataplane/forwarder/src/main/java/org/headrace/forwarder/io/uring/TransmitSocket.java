package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.linux.Socket.AF_PACKET;
import static org.headrace.forwarder.linux.Socket.SOCK_CLOEXEC;
import static org.headrace.forwarder.linux.Socket.SOCK_RAW;
import static org.headrace.forwarder.linux.Socket.SOL_SOCKET;
import static org.headrace.forwarder.linux.Socket.SO_SNDBUFFORCE;

import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A packet socket that only sends, on one interface: frames behind a vnet header, past the queueing discipline.
 * Constants are those of {@code linux/if_packet.h}.
 *
 * <p>Sending has sockets of its own because the kernel wakes the waiters of a socket for every frame of it that has
 * left: on a socket that is polled for received frames, that is a walk through a wait queue per frame sent.
 */
final class TransmitSocket implements AutoCloseable
{
    private static final int PACKET_TX_RING = 13;
    private static final int PACKET_QDISC_BYPASS = 20;
    /** Bound to no protocol, a socket receives nothing and costs the interface nothing. */
    private static final short NO_PROTOCOL = 0;
    private static final int SEND_BUFFER_BYTES = 32 << 20;

    private final NetworkLink link;
    private int fd;

    /** @param link to send to, from {@link #bind} on. */
    TransmitSocket(final NetworkLink link)
    {
        this.link = link;
        fd = (int)Syscall.check("socket(AF_PACKET)", Syscall.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
        try
        {
            set(PacketSocket.PACKET_VERSION, "PACKET_VERSION", PacketSocket.TPACKET_V2);
            set(PacketSocket.PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
            set(PACKET_QDISC_BYPASS, "PACKET_QDISC_BYPASS", 1);
            Socket.setOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, "SO_SNDBUFFORCE", SEND_BUFFER_BYTES);
        }
        catch (final RuntimeException ex)
        {
            close();
            throw ex;
        }
    }

    private void set(final int option, final String name, final int value)
    {
        Socket.setOption(fd, PacketSocket.SOL_PACKET, option, name, value);
    }

    /**
     * Gives the socket a ring to send from. From then on it sends nothing else.
     *
     * @return the ring.
     */
    TransmitRing makeRing()
    {
        try (Arena arena = Arena.ofConfined())
        {
            // struct tpacket_req: tp_block_size, tp_block_nr, tp_frame_size, tp_frame_nr.
            final MemorySegment request = arena.allocateFrom(
                ValueLayout.JAVA_INT, TpacketDescriptor.TRANSMIT_BLOCK_BYTES, 1,
                TpacketDescriptor.SMALL_SLOT_BYTES, TpacketDescriptor.TRANSMIT_SLOTS);
            Syscall.check(
                "setsockopt(PACKET_TX_RING, " + TpacketDescriptor.TRANSMIT_BLOCK_BYTES + " bytes)",
                Syscall.setsockopt(
                    fd, PacketSocket.SOL_PACKET, PACKET_TX_RING, request.address(), (int)request.byteSize()));
        }
        return new TransmitRing(fd);
    }

    /** Chooses the interface. */
    void bind()
    {
        PacketSocket.bind(fd, link, NO_PROTOCOL);
    }

    int fd()
    {
        return fd;
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
