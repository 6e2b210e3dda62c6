package org.headrace.perf.pipeline;

import org.headrace.protocol.counters.WorkerCounter;

/**
 * Packets of so many flows, for a balancer's ring: what opens the flows, and then what they say, each of them equally
 * often and in random order, half of it from the servers. The same seed gives the same packets.
 */
final class FlowTraffic
{
    static final int FIRST_SEQUENCE = 1_000;

    /** Of the balancer's clock, for each ring. */
    private static final long RING_NS = 300_000;

    private final OfflineBalancer balancer;
    private final FrameWriter frames;
    private final int flows;
    private int sequence = FIRST_SEQUENCE;
    private long packets;
    private long random;

    /** @param balancer to fill the ring of. @param mix of the flows. @param flows to be open. @param seed above 0. */
    FlowTraffic(final OfflineBalancer balancer, final FlowMix mix, final int flows, final long seed)
    {
        this.balancer = balancer;
        this.flows = flows;
        frames = new FrameWriter(balancer.ring(), mix);
        random = seed;
    }

    FrameWriter frames()
    {
        return frames;
    }

    /** Has the balancer work on both ends' packets of every flow's handshake. */
    void open()
    {
        long opened = 0;
        while (opened < flows)
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
    }

    /** Both directions' sequence numbers grow by one from ring to ring: so every segment is near what is expected. */
    void fill()
    {
        sequence++;
        while (frames.packet(nextFlow(), (random & 1) != 0, packets, sequence))
        {
            packets++;
        }
        balancer.passTime(RING_NS);
    }

    /** Fills the ring with first packets of flows that no service is there for. @return how many. */
    long fillWithStrays()
    {
        long count = 0;
        while (frames.stray(nextFlow()))
        {
            count++;
        }
        return count;
    }

    /** Nothing was dropped, nothing passed. */
    void checkForwarded()
    {
        final long forwarded = balancer.counters().get(WorkerCounter.FORWARDED);
        final long received = balancer.counters().get(WorkerCounter.RECEIVED);
        if (forwarded != received)
        {
            throw new IllegalStateException("forwarded=" + forwarded + " received=" + received);
        }
    }

    /** Marsaglia's xorshift; its upper half, scaled. */
    private long nextFlow()
    {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (random >>> 32) * flows >>> 32;
    }
}
