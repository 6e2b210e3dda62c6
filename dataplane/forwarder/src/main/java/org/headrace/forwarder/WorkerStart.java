package org.headrace.forwarder;

import com.sun.management.ThreadMXBean;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.protocol.counters.WorkerCounter;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What a worker's thread does before its first cycle: pins itself, warms the pipeline and the driver up, and notes how
 * much heap it has allocated so far, because from here on it is to allocate nothing.
 */
final class WorkerStart implements Runnable
{
    private static final int CALLS_PER_ROUND = 200;

    private final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
    private final int cpu;
    private final PacketIo packetIo;
    private final WorkerCounters counters;
    private final boolean isWarm;
    private final CountDownLatch warm = new CountDownLatch(1);
    private long allocatedBytes;

    WorkerStart(final int cpu, final PacketIo packetIo, final WorkerCounters counters, final boolean isWarm)
    {
        this.cpu = cpu;
        this.packetIo = packetIo;
        this.counters = counters;
        this.isWarm = isWarm;
    }

    @Override
    public void run()
    {
        final long startNs = System.nanoTime();
        ThreadAffinity.pinCurrentThread(cpu);
        counters.set(WorkerCounter.CPU, cpu);
        warmUp();
        System.err.println("event=worker-started thread=" + Thread.currentThread().getName() + " cpu=" + cpu +
            " warmUpMs=" + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        allocatedBytes = threads.getCurrentThreadAllocatedBytes();
        warm.countDown();
    }

    /** Nothing is selected yet, so no frame comes, but the driver's calls are the same. */
    private void warmUp()
    {
        packetIo.transmit(new PacketBatch());
        if (!isWarm)
        {
            WarmUp.untilCompiled(() ->
            {
                for (int i = 0; i < CALLS_PER_ROUND; i++)
                {
                    packetIo.await(0);
                }
            });
        }
    }

    /** Waits, on another thread, until the worker is about to take packets. */
    void awaitWarm()
    {
        try
        {
            warm.await();
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a worker warmed up", ex);
        }
    }

    /** @return heap bytes that the worker's thread had allocated when it was warm; after {@link #awaitWarm} only. */
    long allocatedBytes()
    {
        return allocatedBytes;
    }
}
