package org.headrace.perf.pipeline;

import org.headrace.forwarder.linux.ThreadAffinity;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two workers against one, on the logic alone: each with its own connection table, on a CPU of its own, and with the
 * counters file, the servers and the forwarding table that workers share. Prints, for each number of flows, what a
 * packet costs a worker that works alone and one that works beside another, and how many times as many packets two
 * handle as one.
 *
 * <p>Counted is the time that the workers' threads have had a CPU, so that other work on the machine spoils the figure
 * only by what it takes of caches and memory. One, two and the other one take turns.
 */
public final class WorkersTool
{
    private static final int ROUNDS = 15;
    private static final int WARM_ROUNDS = 3;
    private static final int RINGS = 400;
    private static final long SEED = 88_172_645_463_325_252L;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private WorkersTool()
    {
    }

    /**
     * @param arguments numbers of flows for each worker; 1024, 65536 and 1048576 without.
     * @throws ExecutionException   if a worker failed.
     * @throws InterruptedException if interrupted.
     */
    public static void main(final String... arguments) throws ExecutionException, InterruptedException
    {
        final int[] cpus = ThreadAffinity.allowedCpus().stream().limit(2).toArray();
        if (cpus.length < 2)
        {
            System.err.println("workers: CPUs=" + cpus.length + " < 2");
            System.exit(1);
        }
        final int[] flows = arguments.length == 0 ? new int[]{1 << 10, 1 << 16, 1 << 20} :
            Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        System.out.println("rounds=" + ROUNDS + " packets of a round and worker=" + RINGS * FrameRing.SLOTS +
            " CPUs=" + Arrays.toString(cpus) + " " + System.getProperty("java.vm.version"));
        for (final int count : flows)
        {
            measure(cpus, count);
        }
    }

    private static void measure(final int[] cpus, final int flows) throws ExecutionException, InterruptedException
    {
        try (OfflineSurroundings shared = new OfflineSurroundings(2, null);
            ExecutorService first = Executors.newSingleThreadExecutor();
            ExecutorService second = Executors.newSingleThreadExecutor())
        {
            try (Worker a = first.submit(() -> new Worker(cpus[0], flows, shared, 0)).get();
                Worker b = second.submit(() -> new Worker(cpus[1], flows, shared, 1)).get())
            {
                final double[] alone = new double[ROUNDS];
                final double[] beside = new double[ROUNDS];
                final double[] speedup = new double[ROUNDS];
                for (int round = -WARM_ROUNDS; round < ROUNDS; round++)
                {
                    final double aAlone = first.submit(a::run).get();
                    final List<Future<Double>> both = List.of(first.submit(a::run), second.submit(b::run));
                    final double aBeside = both.getFirst().get();
                    final double bBeside = both.getLast().get();
                    final double bAlone = second.submit(b::run).get();
                    if (round >= 0)
                    {
                        alone[round] = (aAlone + bAlone) / 2;
                        beside[round] = (aBeside + bBeside) / 2;
                        speedup[round] = (1 / aBeside + 1 / bBeside) / ((1 / aAlone + 1 / bAlone) / 2);
                    }
                }
                a.traffic.checkForwarded();
                b.traffic.checkForwarded();
                System.out.println("flows=" + flows + " each: alone " + text(alone) + " ns, beside another " +
                    text(beside) + " ns per packet; two workers " + text(speedup) + " x one");
            }
        }
    }

    /** Median, least and most. */
    private static String text(final double[] values)
    {
        Arrays.sort(values);
        return "%.2f (%.2f..%.2f)".formatted(values[values.length / 2], values[0], values[values.length - 1]);
    }

    /** A worker with its open flows; made and used by one thread. */
    private static final class Worker implements AutoCloseable
    {
        private final OfflineBalancer balancer;
        private final FlowTraffic traffic;

        private Worker(final int cpu, final int flows, final OfflineSurroundings shared, final int number)
        {
            ThreadAffinity.pinCurrentThread(cpu);
            balancer = new OfflineBalancer(flows, shared, number);
            traffic = new FlowTraffic(balancer, FlowMix.TCP, flows, SEED + number);
            traffic.open();
        }

        /** Returns nanoseconds of CPU for each packet. */
        private double run()
        {
            long cpuNs = 0;
            for (int i = 0; i < RINGS; i++)
            {
                traffic.fill();
                final long beginNs = THREADS.getCurrentThreadCpuTime();
                balancer.work();
                cpuNs += THREADS.getCurrentThreadCpuTime() - beginNs;
            }
            return (double)cpuNs / RINGS / FrameRing.SLOTS;
        }

        @Override
        public void close()
        {
            balancer.close();
        }
    }
}
