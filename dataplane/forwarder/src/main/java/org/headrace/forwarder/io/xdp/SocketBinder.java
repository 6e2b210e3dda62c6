package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_COPY;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_SHARED_UMEM;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_USE_NEED_WAKEUP;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_USE_SG;
import static org.headrace.forwarder.io.xdp.XdpDescriptor.XDP_ZEROCOPY;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.SystemCallException;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Binds the sockets of the workers to their queues, without copying if every interface offers that: sockets that share
 * memory all work the same way.
 *
 * <p>A queue has one owner. The kernel takes it from a predecessor that has just ended only after a moment, in which it
 * reports {@code EBUSY}.
 */
final class SocketBinder
{
    private static final long BUSY_LIMIT_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long BUSY_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int NO_SOCKET = 0;

    private final List<NetworkLink> links;
    private final boolean isZeroCopy;
    private final int ownerFlags;

    /**
     * @param links    interfaces.
     * @param layout   of the frames.
     * @param zeroCopy true if frames need not be copied where the devices can do without.
     */
    SocketBinder(final List<NetworkLink> links, final FrameLayout layout, final boolean zeroCopy)
    {
        this.links = links;
        final int multiBuffer = layout.isMultiBuffer() ? XDP_USE_SG : 0;
        isZeroCopy = zeroCopy && links.stream().allMatch(link -> offersZeroCopy(link, layout, multiBuffer));
        ownerFlags = (isZeroCopy ? XDP_ZEROCOPY : XDP_COPY) | XDP_USE_NEED_WAKEUP | multiBuffer;
    }

    /** @return how frames go, for people. */
    String mode()
    {
        return isZeroCopy ? "zero-copy" : "copy";
    }

    /** Tries it with a socket of its own, because a device says it only to one that binds. */
    private static boolean offersZeroCopy(final NetworkLink link, final FrameLayout layout, final int multiBuffer)
    {
        try (Umem umem = new Umem(layout.frameBytes(), PacketBatch.CAPACITY, 0, 0);
            XdpSocket socket = new XdpSocket(umem, PacketBatch.CAPACITY, PacketBatch.CAPACITY))
        {
            return patientlyBind(socket, link, 0, XDP_ZEROCOPY | XDP_USE_NEED_WAKEUP | multiBuffer, NO_SOCKET) >= 0;
        }
    }

    /** @param driver whose sockets are to be bound. */
    void bind(final XdpPacketIo driver)
    {
        final int owner = driver.ports()[0].socket().fd();
        for (final QueuePort port : driver.ports())
        {
            final boolean isOwner = port.socket().fd() == owner;
            final NetworkLink link = links.get(port.place());
            final long result = patientlyBind(
                port.socket(), link, port.queue(), isOwner ? ownerFlags : XDP_SHARED_UMEM,
                isOwner ? NO_SOCKET : owner);
            if (result < 0)
            {
                throw new SystemCallException(
                    "bind(AF_XDP, " + link.name() + ", queue=" + port.queue() + ", " + mode() + ")", (int)-result,
                    adviceFor((int)-result));
            }
        }
    }

    private static long patientlyBind(
        final XdpSocket socket, final NetworkLink link, final int queue, final int flags, final int sharedFd)
    {
        final long deadlineNs = System.nanoTime() + BUSY_LIMIT_NS;
        while (true)
        {
            final long result = socket.bind(link.index(), queue, flags, sharedFd);
            if (result != -Errno.EBUSY.number() || System.nanoTime() - deadlineNs > 0)
            {
                return result;
            }
            LockSupport.parkNanos(BUSY_PAUSE_NS);
        }
    }

    private static String adviceFor(final int errno)
    {
        if (errno == Errno.EBUSY.number())
        {
            return "another program has an AF_XDP socket on this queue (ss --xdp -p shows it)";
        }
        if (errno == Errno.EOPNOTSUPP.number() || errno == Errno.EINVAL.number())
        {
            return "this device or kernel cannot: configure dataplane.io: io_uring";
        }
        return "";
    }
}
