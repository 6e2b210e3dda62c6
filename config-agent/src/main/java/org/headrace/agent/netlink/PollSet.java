package org.headrace.agent.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * File descriptors to wait for together; poll(2). Used by one thread.
 *
 * <pre>
 * struct pollfd (asm-generic/poll.h): 0 fd (4), 4 events (2), 6 revents (2)
 * </pre>
 */
final class PollSet
{
    private static final int POLLFD_LENGTH = 8;
    private static final int EVENTS_OFFSET = 4;
    private static final int REVENTS_OFFSET = 6;

    private final MemorySegment pollFds;
    private final int count;

    PollSet(final int... fds)
    {
        count = fds.length;
        pollFds = Arena.ofAuto().allocate((long)count * POLLFD_LENGTH, Integer.BYTES);
        for (int i = 0; i < count; i++)
        {
            pollFds.set(JAVA_INT, (long)i * POLLFD_LENGTH, fds[i]);
            pollFds.set(JAVA_SHORT, (long)i * POLLFD_LENGTH + EVENTS_OFFSET, Libc.POLLIN);
        }
    }

    /**
     * Waits until a descriptor can be read or has an error, a signal comes or the time is over.
     *
     * @param timeoutMs 0 to return at once.
     */
    void await(final int timeoutMs)
    {
        final int ready = Libc.poll(pollFds, count, timeoutMs);
        if (ready != -Errno.EINTR.number())
        {
            Libc.check(ready, "poll(timeoutMs=" + timeoutMs + ")");
        }
    }

    /** Whether the wait found this descriptor readable or in error; reading it tells which. */
    boolean isReady(final int index)
    {
        return pollFds.get(JAVA_SHORT, (long)index * POLLFD_LENGTH + REVENTS_OFFSET) != 0;
    }
}
