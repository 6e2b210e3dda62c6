package org.headrace.perf.system;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A laboratory with Headrace in it, and what the system tests ask of both.
 *
 * @param lab      laboratory.
 * @param headrace in its middle.
 */
record RunningLab(Lab lab, HeadraceInstance headrace) implements AutoCloseable
{
    static final String HTTP = "tcp/" + LabNetwork.VIP + ":80";
    static final InetSocketAddress HTTP_TARGET = new InetSocketAddress(LabNetwork.VIP, 80);
    static final InetSocketAddress HTTP_TARGET6 = new InetSocketAddress(LabNetwork.VIP6, 80);
    static final InetSocketAddress DNS_TARGET = new InetSocketAddress(LabNetwork.VIP, 53);
    static final InetSocketAddress DNS_TARGET6 = new InetSocketAddress(LabNetwork.VIP6, 53);
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long ALLOCATIONS_SHOWN_MS = 1_100;

    static RunningLab start(final Function<HeadraceConfig, HeadraceConfig> config)
    {
        return start(1, config);
    }

    /** @param queues of each link, one for each worker. @param config of Headrace. @return both. */
    static RunningLab start(final int queues, final Function<HeadraceConfig, HeadraceConfig> config)
    {
        return start(queues, _ -> { }, config);
    }

    private static RunningLab start(
        final int queues, final Consumer<Lab> preparation, final Function<HeadraceConfig, HeadraceConfig> config)
    {
        final Lab lab = Lab.create(queues);
        try
        {
            preparation.accept(lab);
            return new RunningLab(lab, HeadraceInstance.start(lab, config.apply(new HeadraceConfig(lab))));
        }
        catch (final RuntimeException e)
        {
            lab.close();
            throw e;
        }
    }

    /** @return the usual listeners, with weights 2 : 1 : 1. */
    static RunningLab startUsual()
    {
        return startUsual(_ -> { });
    }

    /** @param preparation of the laboratory, before Headrace starts. @return as above. */
    static RunningLab startUsual(final Consumer<Lab> preparation)
    {
        return start(1, preparation, config -> config.usual(List.of(100, 50, 50)));
    }

    long sum(final WorkerCounter counter)
    {
        try (CountersFile counters = headrace.counters())
        {
            long sum = 0;
            for (int worker = 0; worker < counters.workers(); worker++)
            {
                sum += counters.get(worker, counter);
            }
            return sum;
        }
    }

    long sum(final DropReason reason)
    {
        try (CountersFile counters = headrace.counters())
        {
            long sum = 0;
            for (int worker = 0; worker < counters.workers(); worker++)
            {
                sum += counters.get(worker, reason);
            }
            return sum;
        }
    }

    long sumOfDrops()
    {
        long sum = 0;
        for (int ordinal = 0; ordinal < DropReason.count(); ordinal++)
        {
            sum += sum(DropReason.get(ordinal));
        }
        return sum;
    }

    /** Every packet that was taken has exactly one fate; counters are read one after the other, so at rest. */
    void assertConservation()
    {
        Await.until(() -> "received = forwarded + answered + passed + drops: " + headrace.ctl("stats"), LIMIT,
            () -> sum(WorkerCounter.RECEIVED) == sum(WorkerCounter.FORWARDED) + sum(WorkerCounter.ANSWERED) +
                sum(WorkerCounter.PASSED) + sumOfDrops());
    }

    /** Waits until the data plane has looked at its workers' allocations again: it does so with every heartbeat. */
    void awaitFreshAllocations()
    {
        final long endMs = System.currentTimeMillis() + ALLOCATIONS_SHOWN_MS;
        Await.until(() -> "heartbeat of the data plane", LIMIT, () -> heartbeatMs() > endMs);
    }

    private long heartbeatMs()
    {
        try (CountersFile counters = headrace.counters())
        {
            return counters.heartbeatMs();
        }
    }

    @Override
    public void close()
    {
        lab.close();
    }
}
