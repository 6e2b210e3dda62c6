package org.headrace.perf.pipeline;

import org.headrace.protocol.counters.WorkerCounter;
import org.headrace.protocol.counters.WorkerSnapshot;
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

    private static final int FIRST_SEQUENCE = 1_000;
    /** Of the balancer's clock, for each invocation. */
    private static final long INVOCATION_NS = 300_000;

    /** What packets. */
    @Param({"TCP"})
    FlowMix mix;
    /** How many flows are open. */
    @Param({"65536"})
    int flows;

    private OfflineBalancer balancer;
    private FrameWriter frames;
    private int sequence = FIRST_SEQUENCE;
    private long opened;
    private long packets;
    private long random = 88_172_645_463_325_252L;

    /** Makes a balancer without connections. */
    @Setup(Level.Trial)
    public void start()
    {
        balancer = new OfflineBalancer(flows, mix == FlowMix.ACL ? DenyList.besides(flows) : null);
        frames = new FrameWriter(balancer.ring(), mix);
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
            while (benchmark.opened < benchmark.flows)
            {
                benchmark.openSome();
            }
        }

        /** Fills the ring. @param benchmark with the ring. */
        @Setup(Level.Invocation)
        public void fill(final PipelineBenchmark benchmark)
        {
            benchmark.fillWithPackets();
        }

        /** Nothing was dropped, nothing passed. @param benchmark with the counters. */
        @TearDown(Level.Trial)
        public void check(final PipelineBenchmark benchmark)
        {
            benchmark.check(WorkerCounter.FORWARDED);
        }
    }

    /** First packets of new flows, TCP only; as many old ones, which stay half-open, come to their end. */
    @State(Scope.Thread)
    public static class Opening
    {
        /** As many flows as there are to be, their ends spread evenly. @param benchmark with the balancer. */
        @Setup(Level.Trial)
        public void open(final PipelineBenchmark benchmark)
        {
            while (benchmark.opened < benchmark.flows)
            {
                fill(benchmark);
                benchmark.balancer.work();
            }
        }

        /** Fills the ring, and lets as much time go by as makes all others old. @param benchmark with the ring. */
        @Setup(Level.Invocation)
        public void fill(final PipelineBenchmark benchmark)
        {
            while (benchmark.frames.open(benchmark.opened, FIRST_SEQUENCE))
            {
                benchmark.opened++;
            }
            benchmark.balancer.passTime(
                (long)((double)PACKETS / benchmark.flows * benchmark.balancer.embryonicLifeNs()));
        }

        /** All were opened, and no more are there than should be. @param benchmark with the counters. */
        @TearDown(Level.Trial)
        public void check(final PipelineBenchmark benchmark)
        {
            benchmark.check(WorkerCounter.FORWARDED);
            benchmark.balancer.checkSize(benchmark.flows);
        }
    }

    /** First packets that no service is there for; they are the kernel's. */
    @State(Scope.Thread)
    public static class Stray
    {
        /** Opens flows that none of the packets belong to. @param benchmark with the balancer. */
        @Setup(Level.Trial)
        public void open(final PipelineBenchmark benchmark)
        {
            while (benchmark.opened < benchmark.flows)
            {
                benchmark.openSome();
            }
        }

        /** Fills the ring. @param benchmark with the ring. */
        @Setup(Level.Invocation)
        public void fill(final PipelineBenchmark benchmark)
        {
            while (benchmark.frames.stray(benchmark.nextRandom(benchmark.flows)))
            {
                benchmark.packets++;
            }
        }

        /** All were passed. @param benchmark with the counters. */
        @TearDown(Level.Trial)
        public void check(final PipelineBenchmark benchmark)
        {
            benchmark.checkPassed();
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

    /** Both ends' packets of a handshake, for as many flows as the ring has slots. */
    private void openSome()
    {
        final long from = opened;
        while (opened < flows && frames.open(opened, FIRST_SEQUENCE - 1))
        {
            opened++;
        }
        balancer.work();
        for (long flow = from; flow < opened; flow++)
        {
            frames.accept(flow, FIRST_SEQUENCE - 1);
        }
        balancer.work();
        for (long flow = from; flow < opened; flow++)
        {
            frames.packet(flow, false, 0, FIRST_SEQUENCE);
        }
        balancer.work();
    }

    /** Both directions' sequence numbers grow by one from ring to ring: so every segment is near what is expected. */
    private void fillWithPackets()
    {
        sequence++;
        while (frames.packet(nextRandom(flows), (random & 1) != 0, packets, sequence))
        {
            packets++;
        }
        balancer.passTime(INVOCATION_NS);
    }

    private void check(final WorkerCounter expected)
    {
        final WorkerSnapshot counters = balancer.counters();
        if (counters.get(expected) != counters.get(WorkerCounter.RECEIVED))
        {
            throw new IllegalStateException(expected + "=" + counters.get(expected) + " received=" +
                counters.get(WorkerCounter.RECEIVED));
        }
    }

    private void checkPassed()
    {
        if (balancer.counters().get(WorkerCounter.PASSED) != packets)
        {
            throw new IllegalStateException(
                "passed=" + balancer.counters().get(WorkerCounter.PASSED) + " sent=" + packets);
        }
    }

    /** Marsaglia's xorshift; its upper half, scaled. */
    private long nextRandom(final int bound)
    {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (random >>> 32) * bound >>> 32;
    }
}
