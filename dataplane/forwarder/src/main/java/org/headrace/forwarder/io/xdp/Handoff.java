package org.headrace.forwarder.io.xdp;

import static org.headrace.forwarder.io.xdp.XdpDescriptor.PACKET_HEADROOM;

import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.bpf.ClientHash;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * One worker's dealings with the others: an interface spreads packets over its queues by hashes of its own, so that
 * requests and replies of a connection may arrive at different workers. The XDP program has put {@link ClientHash}
 * before each packet; the worker that it names gets the packet, through a ring for each pair of workers.
 *
 * <p>A connection's packets of one direction arrive on one queue and so stay in order.
 *
 * <p>Owned by one worker, but for the rings, whose other ends are the others'.
 */
final class Handoff
{
    private final int self;
    private final HandoffRing[] outgoing;
    private final HandoffRing[] incoming;
    private final WorkerBell[] bells;
    private final Umem umem;
    private final PacketAssembly assembly;
    private int firstIncoming;
    private long losses;

    /**
     * @param self  number of the worker.
     * @param rings by giving and by owning worker.
     * @param bells by worker.
     * @param umem  of this worker.
     */
    Handoff(final int self, final HandoffRing[][] rings, final WorkerBell[] bells, final Umem umem)
    {
        this.self = self;
        this.bells = bells;
        this.umem = umem;
        outgoing = rings[self];
        incoming = new HandoffRing[rings.length];
        for (int worker = 0; worker < rings.length; worker++)
        {
            incoming[worker] = rings[worker][self];
        }
        assembly = new PacketAssembly(umem);
    }

    WorkerBell bell()
    {
        return bells[self];
    }

    /**
     * Takes the packets of other workers out of the batch. The owner is woken if it sleeps; one whose ring is full
     * loses the packet.
     *
     * @param batch as received.
     * @param from  first row to look at.
     * @param size  rows in it.
     * @return rows left.
     */
    int giveAway(final PacketBatch batch, final int from, final int size)
    {
        int kept = from;
        for (int i = from; i < size; i++)
        {
            final int hash = NativeMemory.getInt(batch.address(i) - Integer.BYTES);
            final int worker = ClientHash.worker(hash, bells.length);
            if (worker == self)
            {
                move(batch, i, kept++);
            }
            else
            {
                losses += outgoing[worker].offer(batch.address(i), batch.length(i), batch.ingress(i)) ? 0 : 1;
                umem.giveAny(batch.cookie(i));
            }
        }
        if (kept != size)
        {
            publish();
        }
        return kept;
    }

    private static void move(final PacketBatch batch, final int from, final int to)
    {
        batch.address(to, batch.address(from));
        batch.length(to, batch.length(from));
        batch.ingress(to, batch.ingress(from));
        batch.flags(to, batch.flags(from));
        batch.cookie(to, batch.cookie(from));
    }

    private void publish()
    {
        for (int worker = 0; worker < outgoing.length; worker++)
        {
            if (worker != self && outgoing[worker].publish())
            {
                bells[worker].ring();
            }
        }
    }

    /**
     * @return true if another worker has given something.
     */
    boolean hasIncoming()
    {
        for (int worker = 0; worker < incoming.length; worker++)
        {
            if (worker != self && incoming[worker].available() != 0)
            {
                return true;
            }
        }
        return false;
    }

    /**
     * Adds packets that other workers have given to the batch.
     *
     * @param batch to fill.
     * @param from  first free row.
     * @return first free row after.
     */
    int take(final PacketBatch batch, final int from)
    {
        int size = from;
        int worker = firstIncoming;
        for (int i = 0; i < incoming.length && size < PacketBatch.CAPACITY; i++)
        {
            if (worker != self && incoming[worker].available() != 0)
            {
                size = take(incoming[worker], batch, size);
            }
            worker = worker + 1 == incoming.length ? 0 : worker + 1;
        }
        firstIncoming = firstIncoming + 1 == incoming.length ? 0 : firstIncoming + 1;
        return size;
    }

    private int take(final HandoffRing ring, final PacketBatch batch, final int from)
    {
        int size = from;
        while (size < PacketBatch.CAPACITY && ring.available() != 0)
        {
            final boolean goesOn = ring.partsLeft() != 0;
            if (goesOn || assembly.isOpen())
            {
                size = assembly.append(batch, size, ring.place(), ring.address(), ring.length(), goesOn);
            }
            else
            {
                final long frame = umem.take();
                if (frame == Umem.NONE)
                {
                    break;
                }
                final long address = umem.address() + frame + PACKET_HEADROOM;
                NativeMemory.copy(ring.address(), address, ring.length());
                batch.address(size, address);
                batch.length(size, ring.length());
                batch.ingress(size, ring.place());
                batch.flags(size, 0);
                batch.cookie(size++, frame);
            }
            ring.advance();
        }
        ring.release();
        return size;
    }

    /** @return packets lost on the way to another worker, since the last call. */
    long takeLosses()
    {
        final long taken = losses + assembly.takeLosses();
        losses = 0;
        return taken;
    }
}
