package org.headrace.perf.generate;

import java.util.concurrent.TimeUnit;

/** A thread that works while another one shows how far it is; what it throws is thrown again there. */
final class RunningThread
{
    private final Thread thread;
    private volatile RuntimeException failure;

    private RunningThread(final String name, final Runnable task)
    {
        thread = Thread.ofPlatform().daemon().name(name).start(() ->
        {
            try
            {
                task.run();
            }
            catch (final RuntimeException e)
            {
                failure = e;
            }
        });
    }

    static RunningThread start(final String name, final Runnable task)
    {
        return new RunningThread(name, task);
    }

    /** Waits for the end, for a second at most; returns true when it has come. */
    boolean awaitSecond()
    {
        try
        {
            thread.join(TimeUnit.SECONDS.toMillis(1));
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted", e);
        }
        if (thread.isAlive())
        {
            return false;
        }
        if (failure != null)
        {
            throw failure;
        }
        return true;
    }
}
