package org.headrace.forwarder;

import org.agrona.concurrent.IdleStrategy;
import org.headrace.forwarder.io.PacketIo;

/**
 * What a worker does when there is nothing to do: spins a little, yields a little, then waits for a packet in the
 * kernel. A worker on a CPU of its own may spin for ever instead ({@code idle: busy_spin}).
 */
final class PacketIdleStrategy implements IdleStrategy
{
    private static final int SPINS = 50;
    /**
     * Being woken takes about as long as this many rounds. With 10, a worker slept between the packets of 20 000 a
     * second, which doubled the round trip and took more of its CPU than yielding does ({@code docs/performance.md}).
     */
    private static final int YIELDS = 100;
    private static final long MAX_WAIT_NS = 10_000_000;

    private final PacketIo packetIo;
    private int idleCycles;

    PacketIdleStrategy(final PacketIo packetIo)
    {
        this.packetIo = packetIo;
    }

    @Override
    public void idle(final int workCount)
    {
        if (workCount > 0)
        {
            reset();
        }
        else
        {
            idle();
        }
    }

    @Override
    public void idle()
    {
        idleCycles++;
        if (idleCycles <= SPINS)
        {
            Thread.onSpinWait();
        }
        else if (idleCycles <= SPINS + YIELDS)
        {
            Thread.yield();
        }
        else
        {
            packetIo.await(MAX_WAIT_NS);
        }
    }

    @Override
    public void reset()
    {
        idleCycles = 0;
    }

    @Override
    public String alias()
    {
        return "backoff";
    }
}
