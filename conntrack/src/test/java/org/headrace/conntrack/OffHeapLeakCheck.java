package org.headrace.conntrack;

import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Around every test of this module (registered as a service): the native memory that arenas and buffers have allocated
 * must be back at what it was before the test, once nothing refers to the test any more. That is when the
 * next one is made, or when the class is through; the message names the test that left it behind.
 */
public final class OffHeapLeakCheck implements TestInstancePreConstructCallback, AfterAllCallback
{
    /** Less than the smallest table has; the virtual machine's own buffers for files and names are within it. */
    private static final long TOLERANCE_BYTES = 64 << 10;
    private static final long LIMIT_MS = 10_000;
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+, committed=(\\d+)\\)");

    private String previous;
    private long beforeBytes;

    @Override
    public void preConstructTestInstance(final TestInstanceFactoryContext factory, final ExtensionContext context)
    {
        checkPrevious();
        previous = context.getUniqueId();
        beforeBytes = usedBytes();
    }

    @Override
    public void afterAll(final ExtensionContext context)
    {
        // an instance that is kept for all tests of its class is not let go before the class is through
        if (context.getTestInstanceLifecycle().orElse(Lifecycle.PER_METHOD) == Lifecycle.PER_METHOD)
        {
            checkPrevious();
        }
    }

    /** Bytes that arenas and buffers have allocated: what native memory tracking calls "Other". */
    static long usedBytes()
    {
        try
        {
            final String report = (String)ManagementFactory.getPlatformMBeanServer().invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "vmNativeMemory",
                new Object[]{new String[]{"summary", "scale=b"}}, new String[]{String[].class.getName()});
            if (report.contains("not enabled"))
            {
                throw new IllegalStateException("needs -XX:NativeMemoryTracking=summary: " + report);
            }
            final Matcher other = OTHER.matcher(report);
            return other.find() ? Long.parseLong(other.group(1)) : 0;
        }
        catch (final JMException ex)
        {
            throw new IllegalStateException("cannot ask for native memory: " + ex, ex);
        }
    }

    /**
     * Waits until memory is given back.
     *
     * @param test    for the message.
     * @param bytes   that were in use before.
     * @param limitMs how long to wait.
     * @throws AssertionError if more stays in use.
     */
    static void awaitFreed(final String test, final long bytes, final long limitMs)
    {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (usedBytes() > bytes + TOLERANCE_BYTES)
        {
            if (System.nanoTime() > deadlineNs)
            {
                throw new AssertionError("off-heap leak: usedBytes=" + usedBytes() + " (expected: at most " + bytes +
                    ", as before " + test + ")");
            }
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private void checkPrevious()
    {
        final String test = previous;
        // one leak is one failure
        previous = null;
        if (test != null)
        {
            awaitFreed(test, beforeBytes, LIMIT_MS);
        }
    }
}
