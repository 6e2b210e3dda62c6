package org.headrace.forwarder;

import java.io.IOException;

/**
 * Notices that the supervisor is gone: it holds the other end of this process's standard input, which the kernel closes
 * for it even after {@code kill -9}. Only with {@code -Dheadrace.supervised=true}.
 */
final class SupervisorWatch
{
    private SupervisorWatch()
    {
    }

    /** @param onGone runs once, on a thread of its own. */
    static void start(final Runnable onGone)
    {
        if (Boolean.getBoolean("headrace.supervised"))
        {
            Thread.ofPlatform().daemon().name("headrace-supervisor-watch").start(() ->
            {
                awaitEnd();
                onGone.run();
            });
        }
    }

    private static void awaitEnd()
    {
        try
        {
            while (System.in.read() >= 0)
            {
                Thread.onSpinWait();
            }
        }
        catch (final IOException ignored)
        {
            // A pipe that cannot be read is as gone as one that has ended.
        }
    }
}
