package org.headrace.agent;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Runs duty cycles until something holds, for a limited time. */
public final class Await
{
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

    private Await()
    {
    }

    /**
     * @param what      is awaited, for the message.
     * @param condition that must come to hold.
     * @param cycles    to run meanwhile.
     */
    public static void until(final String what, final BooleanSupplier condition, final Runnable... cycles)
    {
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean())
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new AssertionError("not within 20 s: " + what);
            }
            for (final Runnable cycle : cycles)
            {
                cycle.run();
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /**
     * @param durationMs to run for.
     * @param cycles     to run.
     */
    public static void run(final long durationMs, final Runnable... cycles)
    {
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        until("end of " + durationMs + " ms", () -> System.nanoTime() - endNs > 0, cycles);
    }
}
