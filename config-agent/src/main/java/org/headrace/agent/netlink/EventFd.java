package org.headrace.agent.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Wakes a thread that waits in poll(2); eventfd(2).
 *
 * <p>Assumptions and guarantees: any thread may call {@link #signal()}, one thread calls {@link #clear()}; a signal
 * given before the wait begins ends that wait at once. A signal after {@link #close()} does nothing: the lock on this
 * object, held for one system call, keeps it from hitting a descriptor that has been given to someone else.
 */
final class EventFd implements AutoCloseable
{
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
    private final MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
    private final int fd;
    private boolean isClosed;

    EventFd()
    {
        fd = Libc.check(Libc.eventfd(), "eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)");
    }

    int fd()
    {
        return fd;
    }

    synchronized void signal()
    {
        if (!isClosed)
        {
            // EAGAIN means that the counter is full: the wait ends all the same.
            Libc.write(fd, one);
        }
    }

    void clear()
    {
        Libc.read(fd, value);
    }

    @Override
    public synchronized void close()
    {
        if (!isClosed)
        {
            isClosed = true;
            Libc.close(fd);
        }
    }
}
