package org.headrace.perf.lab;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for a condition, with a limit. The only place here that waits by time.
 */
public final class Await
{
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private Await()
    {
    }

    /**
     * @param what      is waited for, as it should read in the error.
     * @param limit     how long at most.
     * @param condition asked every 10 ms.
     * @throws LabException if the condition does not hold in time.
     */
    public static void until(final String what, final Duration limit, final BooleanSupplier condition)
    {
        until(() -> what, limit, condition);
    }

    /**
     * @param what      is waited for, asked for only when the wait has failed.
     * @param limit     how long at most.
     * @param condition asked every 10 ms.
     * @throws LabException if the condition does not hold in time.
     */
    public static void until(final Supplier<String> what, final Duration limit, final BooleanSupplier condition)
    {
        if (!holdsWithin(limit, condition))
        {
            throw new LabException("not within " + limit.toMillis() + " ms: " + what.get());
        }
    }

    /**
     * @param limit     how long at most.
     * @param condition asked every 10 ms.
     * @return true as soon as the condition holds, false if it does not hold in time or the thread is interrupted.
     */
    public static boolean holdsWithin(final Duration limit, final BooleanSupplier condition)
    {
        final long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean())
        {
            if (System.nanoTime() - deadlineNs >= 0 || Thread.currentThread().isInterrupted())
            {
                return false;
            }
            LockSupport.parkNanos(POLL_NS);
        }
        return true;
    }

    /**
     * Lets traffic run for a while; returns early when interrupted.
     *
     * @param duration how long.
     */
    public static void pass(final Duration duration)
    {
        holdsWithin(duration, () -> false);
    }
}
