package org.headrace.perf.pipeline;

import org.headrace.protocol.counters.WorkerCounter;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.util.concurrent.TimeUnit;

/**
 * Cost of a packet in a forwarding worker, all that lies between receiving and sending it: the worker's own {@code
 * doWork} over batches of 64, with parser, guard, connection table, TCP states, NAT and counters. Of so many flows each
 * is met equally often and in random order, which is the worst that traffic can do to the caches.
 *
 * <p>An invocation is {@link #PACKETS} packets, one ring full. The ring is filled anew between the invocations, outside
 * of the time that is measured, because frames are rewritten where they lie.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipelineBenchmark
{
    /** Packets of an invocation. */
    public static final int PACKETS = FrameRing.SLOTS;

    private static final long SEED = 88_172_645_463_325_252L;

    /** What packets. */
    @Param({"TCP"})
    FlowMix mix;
    /** How many flows are open. */
    @Param({"65536"})
    int flows;

    private OfflineBalancer balancer;
    private FlowTraffic traffic;

    /** Makes a balancer without connections. */
    @Setup(Level.Trial)
    public void start()
    {
        balancer = new OfflineBalancer(flows, mix == FlowMix.ACL ? DenyList.besides(flows) : null);
        traffic = new FlowTraffic(balancer, mix, flows, SEED);
    }

    /** Gives the memory back. */
    @TearDown(Level.Trial)
    public void stop()
    {
        balancer.close();
    }

    /** Packets of flows that are open, half of them from the servers. */
    @State(Scope.Thread)
    public static class Established
    {
        /** Opens the flows by the packets that open them. @param benchmark with the balancer. */
        @Setup(Level.Trial)
        public void open(final PipelineBenchmark benchmark)
        {
            benchmark.traffic.open();
        }

        /** Fills the ring. @param benchmark with the ring. */
        @Setup(Level.Invocation)
        public void fill(final PipelineBenchmark benchmark)
        {
            benchmark.traffic.fill();
        }

        /** Nothing was dropped, nothing passed. @param benchmark with the counters. */
        @TearDown(Level.Trial)
        public void check(final PipelineBenchmark benchmark)
        {
            benchmark.traffic.checkForwarded();
        }
    }

    /** First packets of new flows, TCP only; as many old ones, which stay half-open, come to their end. */
    @State(Scope.Thread)
    public static class Opening
    {
        private long opened;

        /** As many flows as there are to be, their ends spread evenly. @param benchmark with the balancer. */
        @Setup(Level.Trial)
        public void open(final PipelineBenchmark benchmark)
        {
            while (opened < benchmark.flows)
            {
                fill(benchmark);
                benchmark.balancer.work();
            }
        }

        /** Fills the ring, and lets as much time go by as makes all others old. @param benchmark with the ring. */
        @Setup(Level.Invocation)
        public void fill(final PipelineBenchmark benchmark)
        {
            while (benchmark.traffic.frames().open(opened, FlowTraffic.FIRST_SEQUENCE))
            {
                opened++;
            }
            benchmark.balancer.passTime(
                (long)((double)PACKETS / benchmark.flows * benchmark.balancer.embryonicLifeNs()));
        }

        /** All were opened, and no more are there than should be. @param benchmark with the counters. */
        @TearDown(Level.Trial)
        public void check(final PipelineBenchmark benchmark)
        {
            benchmark.traffic.checkForwarded();
            benchmark.balancer.checkSize(benchmark.flows);
        }
    }

    /** First packets that no service is there for; they are the kernel's. */
    @State(Scope.Thread)
    public static class Stray
    {
        private long sent;

        /** Opens flows that none of the packets belong to. @param benchmark with the balancer. */
        @Setup(Level.Trial)
        public void open(final PipelineBenchmark benchmark)
        {
            benchmark.traffic.open();
        }

        /** Fills the ring. @param benchmark with the ring. */
        @Setup(Level.Invocation)
        public void fill(final PipelineBenchmark benchmark)
        {
            sent += benchmark.traffic.fillWithStrays();
        }

        /** All were passed. @param benchmark with the counters. */
        @TearDown(Level.Trial)
        public void check(final PipelineBenchmark benchmark)
        {
            final long passed = benchmark.balancer.counters().get(WorkerCounter.PASSED);
            if (passed != sent)
            {
                throw new IllegalStateException("passed=" + passed + " sent=" + sent);
            }
        }
    }

    /** @param established packets. @return packets worked on. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int packets(final Established established)
    {
        return balancer.work();
    }

    /** @param opening packets. @return packets worked on, and connections that ended. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int connections(final Opening opening)
    {
        return balancer.work();
    }

    /** @param stray packets. @return packets worked on. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int misses(final Stray stray)
    {
        return balancer.work();
    }
}
