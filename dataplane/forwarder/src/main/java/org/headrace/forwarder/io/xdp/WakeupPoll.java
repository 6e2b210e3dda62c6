package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Syscall;

import java.util.concurrent.TimeUnit;

/**
 * Waiting for a packet: {@code ppoll(2)} over the worker's sockets. The call also lets the kernel look at what there is
 * to send and at the frames to receive into.
 */
final class WakeupPoll
{
    // struct pollfd of asm-generic/poll.h: fd u32, events u16, revents u16. struct timespec: seconds, nanoseconds u64.
    private static final int POLLFD_BYTES = 8;
    private static final int EVENTS = 4;
    private static final short POLLIN = 1;
    private static final int TIMESPEC_BYTES = 16;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    /** Nothing says when a device has room again: it is tried again after this. */
    private static final long RETRY_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final long polled;
    private final int count;
    private final long timeout = NativeMemory.allocate(TIMESPEC_BYTES, Long.BYTES);

    /** @param fds to wait for. */
    WakeupPoll(final int[] fds)
    {
        count = fds.length;
        polled = NativeMemory.allocate((long)count * POLLFD_BYTES, Long.BYTES);
        for (int i = 0; i < count; i++)
        {
            NativeMemory.putInt(polled + (long)i * POLLFD_BYTES, fds[i]);
            NativeMemory.putShort(polled + (long)i * POLLFD_BYTES + EVENTS, POLLIN);
        }
    }

    /**
     * @param timeoutNs longest wait.
     * @param isUnsent  true if the kernel has left packets in a transmit ring.
     */
    void await(final long timeoutNs, final boolean isUnsent)
    {
        final long waitNs = isUnsent ? Math.min(timeoutNs, RETRY_NS) : timeoutNs;
        NativeMemory.putLong(timeout, waitNs / SECOND_NS);
        NativeMemory.putLong(timeout + Long.BYTES, waitNs % SECOND_NS);
        Syscall.tryPpoll(polled, count, timeout);
    }
}
