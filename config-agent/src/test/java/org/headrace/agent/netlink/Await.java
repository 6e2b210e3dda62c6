package org.headrace.agent.netlink;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition with a limit that only a failing test reaches. */
public final class Await
{
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private Await()
    {
    }

    /**
     * @param description of what is waited for and what is there, for the failure.
     * @param condition   asked again and again by the calling thread.
     */
    public static void until(final Supplier<String> description, final BooleanSupplier condition)
    {
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!condition.getAsBoolean())
        {
            if (System.nanoTime() - deadlineNs > 0)
            {
                throw new AssertionError("not within " + LIMIT_NS + " ns: " + description.get());
            }
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
    }
}
