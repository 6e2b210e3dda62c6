package org.headrace.perf.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.Libc;
import org.headrace.perf.lab.NetworkNamespace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A packet socket (packet(7)) on one interface of a namespace: sends whole frames as they are, and sees every frame
 * that arrives. For one thread.
 */
public final class PacketSocket implements AutoCloseable
{
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int ETH_P_ALL_NETWORK_ORDER = 0x0300;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int MAX_FRAME = 128 * 1024;
    private static final int EAGAIN = 11;
    private static final int EINTR = 4;
    private static final int RECEIVE_BUFFER = 16 * 1024 * 1024;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(MAX_FRAME);
    private final int descriptor;

    private PacketSocket(final int descriptor)
    {
        this.descriptor = descriptor;
    }

    /**
     * @param host          that the interface belongs to.
     * @param interfaceName to send on and to listen at.
     * @param timeout       after which a receive gives up.
     * @return the open socket.
     */
    public static PacketSocket open(final NetworkNamespace host, final String interfaceName, final Duration timeout)
    {
        return host.call(() ->
        {
            final int descriptor = Libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, ETH_P_ALL_NETWORK_ORDER);
            final PacketSocket socket = new PacketSocket(descriptor);
            socket.configure(Libc.interfaceIndex(interfaceName), timeout);
            return socket;
        });
    }

    private void configure(final int interfaceIndex, final Duration timeout)
    {
        final MemorySegment time = arena.allocate(16, 8);
        time.set(JAVA_LONG, 0, timeout.toSeconds());
        time.set(JAVA_LONG, 8, timeout.toNanosPart() / 1_000);
        Libc.setSocketOption(descriptor, SOL_SOCKET, SO_RCVTIMEO, time);
        Libc.setSocketOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, arena.allocateFrom(JAVA_INT, RECEIVE_BUFFER));
        Libc.setSocketOption(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, arena.allocateFrom(JAVA_INT, 1));
        // struct sockaddr_ll: family, protocol, interface, hardware type, packet type, address.
        final MemorySegment address = arena.allocate(20, 4);
        address.set(JAVA_SHORT, 0, (short)AF_PACKET);
        address.set(JAVA_SHORT, 2, (short)ETH_P_ALL_NETWORK_ORDER);
        address.set(JAVA_INT, 4, interfaceIndex);
        Libc.bind(descriptor, address);
    }

    /** @param frame to send, from its Ethernet header on. */
    public void send(final byte[] frame)
    {
        MemorySegment.copy(frame, 0, buffer, JAVA_BYTE, 0, frame.length);
        final long sent = Libc.send(descriptor, buffer.asSlice(0, frame.length));
        if (sent != frame.length)
        {
            throw new LabException("send of length=" + frame.length + ": " + sent);
        }
    }

    /** @return the next frame, or null if none came in time. */
    public byte[] receive()
    {
        final long length = Libc.receive(descriptor, buffer);
        if (length == -EAGAIN || length == -EINTR)
        {
            return null;
        }
        if (length < 0)
        {
            throw new LabException("receive: errno=" + -length);
        }
        return buffer.asSlice(0, length).toArray(JAVA_BYTE);
    }

    @Override
    public void close()
    {
        Libc.close(descriptor);
        arena.close();
    }
}
