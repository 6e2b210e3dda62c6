package org.headrace.forwarder.io.uring;

import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Socket;
import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** The other end of a cable: a plain packet socket with vnet headers, that sends and receives whole frames. */
public final class PeerSocket implements AutoCloseable
{
    /** Length of the vnet header before each frame. */
    public static final int VNET_BYTES = TpacketDescriptor.VNET_HEADER_BYTES;

    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int BUFFER_BYTES = 128 << 10;
    private static final int RECEIVE_BUFFER_BYTES = 64 << 20;
    private static final long WAIT_NS = 300_000_000L;

    private final long buffer = NativeMemory.allocate(BUFFER_BYTES, Long.BYTES);
    private int fd;

    /** @param ifindex in the namespace of the calling thread; on a TUN device frames are packets. */
    public PeerSocket(final int ifindex)
    {
        fd = (int)Syscall.check(
            "socket(AF_PACKET)", Syscall.socket(Socket.AF_PACKET, Socket.SOCK_RAW | Socket.SOCK_CLOEXEC, 0));
        Socket.setOption(fd, PacketSocket.SOL_PACKET, PACKET_VNET_HDR, "PACKET_VNET_HDR", 1);
        Socket.setOption(fd, PacketSocket.SOL_PACKET, PACKET_IGNORE_OUTGOING, "PACKET_IGNORE_OUTGOING", 1);
        Socket.setOption(fd, Socket.SOL_SOCKET, Socket.SO_RCVBUFFORCE, "SO_RCVBUFFORCE", RECEIVE_BUFFER_BYTES);
        Socket.setOption(fd, Socket.SOL_SOCKET, Socket.SO_SNDBUFFORCE, "SO_SNDBUFFORCE", RECEIVE_BUFFER_BYTES);
        NativeMemory.zero(buffer, 20);
        NativeMemory.putShort(buffer, Socket.AF_PACKET);
        NativeMemory.putNetworkShort(buffer + 2, 3);
        NativeMemory.putInt(buffer + 4, ifindex);
        Syscall.check("bind", Syscall.bind(fd, buffer, 20));
    }

    /** @param vnetHeader ten bytes. @param frame behind it. */
    public void send(final byte[] vnetHeader, final byte[] frame)
    {
        final MemorySegment memory = NativeMemory.segment(buffer, BUFFER_BYTES);
        MemorySegment.copy(vnetHeader, 0, memory, ValueLayout.JAVA_BYTE, 0, VNET_BYTES);
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, VNET_BYTES, frame.length);
        Syscall.check("send(" + frame.length + " bytes)", Syscall.send(fd, buffer, VNET_BYTES + frame.length, 0));
    }

    /** @return vnet header and frame, or null if none comes in due time. */
    public byte[] receive()
    {
        final long deadlineNs = System.nanoTime() + WAIT_NS;
        while (System.nanoTime() < deadlineNs)
        {
            final long length = Syscall.recv(fd, buffer, BUFFER_BYTES, Socket.MSG_DONTWAIT);
            if (length > 0)
            {
                final byte[] bytes = new byte[(int)length];
                MemorySegment.copy(
                    NativeMemory.segment(buffer, length), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
                return bytes;
            }
            Thread.onSpinWait();
        }
        return null;
    }

    /** @return what {@link #receive} returns, without the vnet header. */
    public byte[] receivePacket()
    {
        final byte[] bytes = receive();
        return bytes == null ? null : Arrays.copyOfRange(bytes, VNET_BYTES, bytes.length);
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
