package org.headrace.perf.generate;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** Ctrl-C or SIGTERM end a command as if its time were over: it tidies up and says what it has found so far. */
final class StopSignal
{
    private static final long LIMIT_SECONDS = 20;

    private StopSignal()
    {
    }

    /**
     * Runs a task.
     *
     * @param onStop called by another thread when the task is to end early.
     * @param task   that the process is not to end without, for a while.
     * @return what the task returns.
     */
    static int during(final Runnable onStop, final IntSupplier task)
    {
        final CountDownLatch tidied = new CountDownLatch(1);
        final Thread hook = new Thread(() ->
        {
            onStop.run();
            try
            {
                tidied.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            }
            catch (final InterruptedException e)
            {
                Thread.currentThread().interrupt();
            }
        }, "stop-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try
        {
            return task.getAsInt();
        }
        finally
        {
            tidied.countDown();
            remove(hook);
        }
    }

    private static void remove(final Thread hook)
    {
        try
        {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
        catch (final IllegalStateException ignored)
        {
            // The process is ending, and the hook waits for nothing any more.
            Thread.onSpinWait();
        }
    }
}
