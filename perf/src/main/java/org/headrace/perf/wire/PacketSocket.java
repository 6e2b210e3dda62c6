package org.headrace.perf.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;
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
    private static final int ETH_P_ALL_NETWORK_ORDER = 0x0300;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TIMEVAL_LENGTH = 16;
    private static final int SOCKADDR_LENGTH = 20;
    private static final int MAX_FRAME = 128 * 1024;
    private static final int RECEIVE_BUFFER = 16 * 1024 * 1024;
    private static final int EAGAIN = 11;
    private static final int EINTR = 4;

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
            final PacketSocket socket = new PacketSocket((int)Syscall.check("socket(AF_PACKET)",
                Syscall.socket(Socket.AF_PACKET, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, ETH_P_ALL_NETWORK_ORDER)));
            socket.configure(NetworkLink.find(interfaceName).index(), timeout);
            return socket;
        });
    }

    private void configure(final int interfaceIndex, final Duration timeout)
    {
        final MemorySegment time = arena.allocate(TIMEVAL_LENGTH, Long.BYTES);
        time.set(JAVA_LONG, 0, timeout.toSeconds());
        time.set(JAVA_LONG, Long.BYTES, timeout.toNanosPart() / 1_000);
        Syscall.check("setsockopt(SO_RCVTIMEO)",
            Syscall.setsockopt(descriptor, Socket.SOL_SOCKET, SO_RCVTIMEO, time.address(), TIMEVAL_LENGTH));
        Socket.setOption(descriptor, Socket.SOL_SOCKET, Socket.SO_RCVBUFFORCE, "SO_RCVBUFFORCE", RECEIVE_BUFFER);
        Socket.setOption(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
        // struct sockaddr_ll: family, protocol, interface, hardware type, packet type, address.
        final MemorySegment address = arena.allocate(SOCKADDR_LENGTH, Integer.BYTES);
        address.set(JAVA_SHORT, 0, (short)Socket.AF_PACKET);
        address.set(JAVA_SHORT, 2, (short)ETH_P_ALL_NETWORK_ORDER);
        address.set(JAVA_INT, 4, interfaceIndex);
        Syscall.check("bind(AF_PACKET)", Syscall.bind(descriptor, address.address(), SOCKADDR_LENGTH));
    }

    /** @param frame to send, from its Ethernet header on. */
    public void send(final byte[] frame)
    {
        MemorySegment.copy(frame, 0, buffer, JAVA_BYTE, 0, frame.length);
        Syscall.check("send of length=" + frame.length, Syscall.send(descriptor, buffer.address(), frame.length, 0));
    }

    /** @return the next frame, or null if none came in time. */
    public byte[] receive()
    {
        final long length = Syscall.recv(descriptor, buffer.address(), buffer.byteSize(), 0);
        if (length == -EAGAIN || length == -EINTR)
        {
            return null;
        }
        return buffer.asSlice(0, Syscall.check("recv", length)).toArray(JAVA_BYTE);
    }

    @Override
    public void close()
    {
        Syscall.close(descriptor);
        arena.close();
    }
}
