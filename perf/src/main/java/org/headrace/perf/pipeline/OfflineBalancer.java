package org.headrace.perf.pipeline;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableDescriptor;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.forwarder.ForwardingWorker;
import org.headrace.forwarder.PacketPath;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.perf.bench.TableMemory;
import org.headrace.protocol.counters.WorkerSnapshot;

import java.util.concurrent.TimeUnit;

/**
 * A forwarding worker of the data plane with everything that belongs to it, but for the network: frames come from a
 * {@link FrameRing}, and the time is what the benchmark says. Connection table and counters lie in mapped files in
 * memory, as in the data plane.
 */
final class OfflineBalancer implements AutoCloseable
{
    private static final int MTU = 1_500;
    private static final long SEED = 0x5EED_0F1A_BE11_ED01L;
    private static final int TEMPLATES = 1_024;
    /** Besides what is to be in the table: a slot of the expiry wheel, and what comes before as much has gone. */
    private static final int SPARE_CONNECTIONS = 4 * FrameRing.SLOTS;

    private final TableMemory memory;
    private final OfflineSurroundings surroundings;
    private final boolean isAlone;
    private final int number;
    private final PacketPath path;
    private final ForwardingWorker worker;
    private final FrameRing ring = new FrameRing();
    private final IdleTimeouts timeouts = new IdleTimeouts();
    private long nowNs;

    /** @param connections that there is room for. @param access of all services, or null. */
    OfflineBalancer(final int connections, final AccessList access)
    {
        this(connections, new OfflineSurroundings(1, access), 0, true);
    }

    /**
     * @param connections  that there is room for.
     * @param surroundings that it shares with other workers; the caller closes them.
     * @param number       of the worker, from 0.
     */
    OfflineBalancer(final int connections, final OfflineSurroundings surroundings, final int number)
    {
        this(connections, surroundings, number, false);
    }

    private OfflineBalancer(
        final int connections, final OfflineSurroundings surroundings, final int number, final boolean isAlone)
    {
        this.surroundings = surroundings;
        this.number = number;
        this.isAlone = isAlone;
        final NetworkLink[] links = {
            new NetworkLink("clients", 1, MTU, FrameWriter.CLIENT_MAC + 0x10, true),
            new NetworkLink("servers", 2, MTU, FrameWriter.SERVER_MAC + 0x10, true)};
        final int capacity = connections + connections / 64 + SPARE_CONNECTIONS;
        final long length = ConnectionTableDescriptor.requiredBytes(capacity);
        memory = TableMemory.of(TableMemory.Pages.HUGE, length, length);
        path = PacketPath.offline(links, surroundings.servers(), FlowKind.values().length,
            Affinity.inMemory(TEMPLATES), new WorkerCounters(surroundings.counters(), number), ring, listener ->
                ConnectionTable.create(memory.segment(), capacity, SEED, timeouts, listener, 0));
        worker = path.worker(number, () -> nowNs, () -> { });
        worker.offer(surroundings.table());
    }

    FrameRing ring()
    {
        return ring;
    }

    /** Lets the worker work until no frame and nothing that is due is left; the ring may be filled again then. */
    int work()
    {
        int total = 0;
        int done;
        do
        {
            done = worker.doWork();
            total += done;
        }
        while (done > 0);
        ring.reset();
        return total;
    }

    void passTime(final long byNs)
    {
        nowNs += byNs;
    }

    /** @return how long a connection lives whose client was never heard of again after its SYN. */
    long embryonicLifeNs()
    {
        return TimeUnit.MILLISECONDS.toNanos(timeouts.timeoutMs(0, TcpState.SYN_RECV));
    }

    WorkerSnapshot counters()
    {
        return surroundings.counters().snapshot(number);
    }

    /** @param flows that are wanted: there may be as many more as expire together. */
    void checkSize(final int flows)
    {
        final int size = path.connections().size();
        if (size < flows || size > flows + flows / 64 + SPARE_CONNECTIONS / 2 || path.connections().evicted() != 0)
        {
            throw new IllegalStateException(
                "size=" + size + " flows=" + flows + " evicted=" + path.connections().evicted());
        }
    }

    @Override
    public void close()
    {
        memory.close();
        if (isAlone)
        {
            surroundings.close();
        }
    }
}
