package org.headrace.forwarder;

import org.headrace.protocol.process.SignalSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * When and how the process is to end: at once while it stands by, because then it holds nothing that matters; cleanly
 * while it forwards. Without its supervisor a process that stands by ends, but one that forwards goes on for a while:
 * the next supervisor's data plane takes over from it with all connections.
 */
final class ProcessEnd
{
    private static final long ORPHAN_SECONDS = 60;

    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile boolean isForwarding;

    /** Listens to SIGTERM and SIGINT, and watches the supervisor. */
    void watch()
    {
        SignalSource.handle("TERM", this::onSignal);
        SignalSource.handle("INT", this::onSignal);
        SupervisorWatch.start(this::onSupervisorGone);
    }

    /** From now on the process ends cleanly. */
    void onForwarding()
    {
        isForwarding = true;
    }

    /** Waits until the process is to end. */
    void await() throws InterruptedException
    {
        stop.await();
    }

    private void onSignal()
    {
        if (!isForwarding)
        {
            Runtime.getRuntime().halt(0);
        }
        stop.countDown();
    }

    private void onSupervisorGone()
    {
        if (!isForwarding)
        {
            Runtime.getRuntime().halt(0);
        }
        System.err.println("event=supervisor-gone stopInSeconds=" + ORPHAN_SECONDS +
            " (headrace run on the same directory takes over before)");
        try
        {
            if (!stop.await(ORPHAN_SECONDS, TimeUnit.SECONDS))
            {
                stop.countDown();
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            stop.countDown();
        }
    }
}
