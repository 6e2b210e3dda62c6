package org.headrace.agent.netlink;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An AF_NETLINK / NETLINK_ROUTE socket that takes many datagrams per system call (recvmmsg(2)).
 *
 * <p>It belongs to the network namespace of the thread that opens it, whoever uses it later. It is connected to the
 * kernel, so that no other process can slip messages in. Used by one thread at a time.
 *
 * <pre>
 * struct mmsghdr (linux/socket.h, 64-bit), 64 bytes     struct iovec
 *   0 msg_name*     8 msg_namelen   16 msg_iov*           0 iov_base*
 *  24 msg_iovlen   32 msg_control*  40 msg_controllen     8 iov_len
 *  48 msg_flags    56 msg_len
 * </pre>
 */
final class NetlinkSocket implements AutoCloseable
{
    /** The kernel never makes a dump datagram larger than this; net/netlink/af_netlink.c, netlink_dump(). */
    static final int DATAGRAM_LENGTH_BYTES = 32 * 1024;

    private static final int BATCH_LIMIT = 32;
    private static final int MMSGHDR_LENGTH = 64;
    private static final int MSG_IOV_OFFSET = 16;
    private static final int MSG_IOVLEN_OFFSET = 24;
    private static final int MSG_FLAGS_OFFSET = 48;
    private static final int MSG_LEN_OFFSET = 56;
    private static final int IOVEC_LENGTH = 16;
    private static final int MSG_TRUNC = 0x20;
    private static final int SOCKADDR_NL_LENGTH = 12;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment headers = arena.allocate((long)MMSGHDR_LENGTH * BATCH_LIMIT, 8);
    private final MemorySegment vectors = arena.allocate((long)IOVEC_LENGTH * BATCH_LIMIT, 8);
    private final MemorySegment datagrams = arena.allocate((long)DATAGRAM_LENGTH_BYTES * BATCH_LIMIT, 8);
    private final int fd;

    /**
     * @param groups             bits of {@code RTMGRP_*} to subscribe to, 0 for none.
     * @param receiveBufferBytes room for messages not yet received.
     */
    NetlinkSocket(final int groups, final int receiveBufferBytes)
    {
        final int opened = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, NETLINK_ROUTE);
        fd = Libc.check(opened, "socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)");
        try
        {
            setUp(groups, receiveBufferBytes);
        }
        catch (final NetlinkException ex)
        {
            close();
            throw ex;
        }
        for (int i = 0; i < BATCH_LIMIT; i++)
        {
            final long vector = (long)i * IOVEC_LENGTH;
            vectors.set(ADDRESS, vector, datagrams.asSlice((long)i * DATAGRAM_LENGTH_BYTES, DATAGRAM_LENGTH_BYTES));
            vectors.set(JAVA_LONG, vector + Long.BYTES, DATAGRAM_LENGTH_BYTES);
            final long header = (long)i * MMSGHDR_LENGTH;
            headers.set(ADDRESS, header + MSG_IOV_OFFSET, vectors.asSlice(vector, IOVEC_LENGTH));
            headers.set(JAVA_LONG, header + MSG_IOVLEN_OFFSET, 1);
        }
    }

    int fd()
    {
        return fd;
    }

    /**
     * @param requests   one or more whole messages; the kernel answers them in order before this returns.
     * @param endOffset  where they end.
     */
    void send(final MemorySegment requests, final int endOffset)
    {
        final int sent = Libc.check(Libc.send(fd, requests, endOffset), "send(AF_NETLINK, length=" + endOffset + ")");
        if (sent != endOffset)
        {
            throw new NetlinkException("send(AF_NETLINK): sent=" + sent + " < length=" + endOffset, 0, "");
        }
    }

    /**
     * Takes what is there, without waiting.
     *
     * @return number of datagrams, to be had by {@link #datagram(int)}; 0 if there is none.
     * @throws NetlinkException with ENOBUFS if the kernel had to drop messages, or if the call failed.
     */
    int receive()
    {
        final int received = Libc.recvmmsg(fd, headers, BATCH_LIMIT);
        if (received == -Errno.EAGAIN.number() || received == -Errno.EINTR.number())
        {
            return 0;
        }
        return Libc.check(received, "recvmmsg(AF_NETLINK)");
    }

    /**
     * @param index of a datagram that the last {@link #receive()} took.
     * @return its bytes in host byte order, valid until the next receive.
     */
    ByteBuffer datagram(final int index)
    {
        final long header = (long)index * MMSGHDR_LENGTH;
        final int flags = headers.get(JAVA_INT, header + MSG_FLAGS_OFFSET);
        final int lengthBytes = headers.get(JAVA_INT, header + MSG_LEN_OFFSET);
        if ((flags & MSG_TRUNC) != 0)
        {
            throw new NetlinkException("recvmmsg(AF_NETLINK): datagram > " + DATAGRAM_LENGTH_BYTES + " bytes", 0, "");
        }
        return datagrams.asSlice((long)index * DATAGRAM_LENGTH_BYTES, lengthBytes).asByteBuffer()
            .order(ByteOrder.nativeOrder());
    }

    @Override
    public void close()
    {
        Libc.close(fd);
    }

    private void setUp(final int groups, final int receiveBufferBytes)
    {
        // The forced variant goes beyond net.core.rmem_max; without CAP_NET_ADMIN the plain one has to do.
        if (Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, receiveBufferBytes) < 0)
        {
            Libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, receiveBufferBytes);
        }
        // Error texts (Linux 4.12); older kernels refuse and send none.
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
        Libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
        Libc.check(Libc.bind(fd, sockaddr(groups)), "bind(AF_NETLINK, groups=0x" + Integer.toHexString(groups) + ")");
        Libc.check(Libc.connect(fd, sockaddr(0)), "connect(AF_NETLINK, kernel)");
    }

    /** struct sockaddr_nl: family (2), pad (2), port id (4), groups (4); linux/netlink.h. */
    private MemorySegment sockaddr(final int groups)
    {
        final MemorySegment address = arena.allocate(SOCKADDR_NL_LENGTH, 4);
        address.set(JAVA_SHORT, 0, (short)Libc.AF_NETLINK);
        address.set(JAVA_INT, 8, groups);
        return address;
    }
}
