package org.headrace.forwarder.counters;

import static org.headrace.forwarder.linux.NativeMemory.getLong;
import static org.headrace.forwarder.linux.NativeMemory.getLongOpaque;
import static org.headrace.forwarder.linux.NativeMemory.putLong;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.forwarder.io.Verdict;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.CycleTimesDescriptor;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.ServerCounter;
import org.headrace.protocol.counters.WorkerCounter;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * Counters of one worker, in the mapped counters file. Plain stores by the worker's thread; anybody may read.
 */
public final class WorkerCounters
{
    private static final int SERVER_SHIFT = 6;
    private static final int DROPS_OFFSET = WorkerCounter.MAX_COUNTERS * BitUtil.SIZE_OF_LONG;
    private static final int ACTIVE = ServerCounter.ACTIVE_CONNECTIONS.ordinal() * BitUtil.SIZE_OF_LONG;
    private static final int INACTIVE = ServerCounter.INACTIVE_CONNECTIONS.ordinal() * BitUtil.SIZE_OF_LONG;
    private static final int CONNECTIONS = ServerCounter.CONNECTIONS.ordinal() * BitUtil.SIZE_OF_LONG;
    private static final int IN_PACKETS = ServerCounter.IN_PACKETS.ordinal() * BitUtil.SIZE_OF_LONG;
    private static final int IN_BYTES = ServerCounter.IN_BYTES.ordinal() * BitUtil.SIZE_OF_LONG;
    /** From a counter of the way in to the same counter of the way back. */
    private static final int DIRECTION_STRIDE = BitUtil.SIZE_OF_LONG;

    private static final int FIRST_STATE = WorkerCounter.CONNECTIONS_NONE.ordinal();

    private final UnsafeBuffer worker;
    /** Address of the servers' counters: plain loads and stores, two for each packet. */
    private final long servers;
    /** Keeps the memory behind the address. */
    private final UnsafeBuffer serversBuffer;
    private final UnsafeBuffer cycleTimes;

    /**
     * @param file   of all counters.
     * @param number of the worker.
     */
    public WorkerCounters(final CountersFile file, final int number)
    {
        this(file.workerBuffer(number), file.serverCountersBuffer(number), file.cycleTimesBuffer(number));
    }

    /**
     * Counters in memory that nobody reads: for the warm-up.
     *
     * @param workerBytes room for the worker's counters and drop reasons.
     * @param servers     direct, 64 bytes for each server slot.
     */
    public WorkerCounters(final byte[] workerBytes, final ByteBuffer servers)
    {
        this(new UnsafeBuffer(workerBytes), new UnsafeBuffer(servers),
            new UnsafeBuffer(new byte[CycleTimesDescriptor.BUCKETS * BitUtil.SIZE_OF_LONG]));
    }

    private WorkerCounters(final UnsafeBuffer worker, final UnsafeBuffer servers, final UnsafeBuffer cycleTimes)
    {
        this.worker = worker;
        this.serversBuffer = servers;
        this.servers = servers.addressOffset();
        this.cycleTimes = cycleTimes;
    }

    /** From here to {@link #endBatch} the counters do not add up, and readers wait. */
    public void beginBatch()
    {
        final int index = WorkerCounter.SEQUENCE.ordinal() * BitUtil.SIZE_OF_LONG;
        worker.putLong(index, worker.getLong(index) + 1);
        // The odd number must be seen before any counter that changes after it.
        VarHandle.storeStoreFence();
    }

    /** The counters add up again. */
    public void endBatch()
    {
        final int index = WorkerCounter.SEQUENCE.ordinal() * BitUtil.SIZE_OF_LONG;
        worker.putLongRelease(index, worker.getLong(index) + 1);
    }

    /** @param counter to raise. @param amount by how much. */
    public void add(final WorkerCounter counter, final long amount)
    {
        add(worker, counter.ordinal() * BitUtil.SIZE_OF_LONG, amount);
    }

    /** @param counter to set. @param value to show. */
    public void set(final WorkerCounter counter, final long value)
    {
        worker.putLong(counter.ordinal() * BitUtil.SIZE_OF_LONG, value);
    }

    /** @param counter to set. @param value to show; what was written before is visible with it. */
    public void setRelease(final WorkerCounter counter, final long value)
    {
        worker.putLongRelease(counter.ordinal() * BitUtil.SIZE_OF_LONG, value);
    }

    /** @param state code of a connection's state. @param count connections that are in it. */
    public void connections(final int state, final long count)
    {
        worker.putLong((FIRST_STATE + state) * BitUtil.SIZE_OF_LONG, count);
    }

    /** @param cycleNs how long a cycle with work in it took. */
    public void onCycleTime(final long cycleNs)
    {
        add(cycleTimes, CycleTimesDescriptor.bucket(cycleNs) * BitUtil.SIZE_OF_LONG, 1);
    }

    /** @param reason that takes one more packet. */
    public void drop(final DropReason reason)
    {
        onDrop(Verdict.drop(reason));
    }

    /** @param verdict a drop; its reason takes one more packet. */
    public void onDrop(final int verdict)
    {
        add(worker, DROPS_OFFSET + Verdict.reasonOrdinal(verdict) * BitUtil.SIZE_OF_LONG, 1);
    }

    /**
     * @param server      slot.
     * @param direction   0 from the client, 1 to the client.
     * @param lengthBytes of the IP packet.
     */
    public void onServerPacket(final int server, final int direction, final int lengthBytes)
    {
        final long offset = ((long)server << SERVER_SHIFT) + direction * DIRECTION_STRIDE;
        add(servers + offset + IN_PACKETS, 1);
        add(servers + offset + IN_BYTES, lengthBytes);
    }

    /** @param server slot. @param isActive whether the new connection starts as active. */
    public void onConnectionOpened(final int server, final boolean isActive)
    {
        final long offset = (long)server << SERVER_SHIFT;
        add(servers + offset + CONNECTIONS, 1);
        add(servers + offset + (isActive ? ACTIVE : INACTIVE), 1);
    }

    /** @param server slot. @param isActive whether the connection that a predecessor opened is active. */
    public void onConnectionFound(final int server, final boolean isActive)
    {
        add(servers + ((long)server << SERVER_SHIFT) + (isActive ? ACTIVE : INACTIVE), 1);
    }

    /** Forgets all connections, to count them again. @param slots of servers. */
    public void clearConnections(final int slots)
    {
        for (int server = 0; server < slots; server++)
        {
            final long offset = (long)server << SERVER_SHIFT;
            if (getLong(servers + offset + ACTIVE) != 0 || getLong(servers + offset + INACTIVE) != 0)
            {
                putLong(servers + offset + ACTIVE, 0);
                putLong(servers + offset + INACTIVE, 0);
            }
        }
    }

    /** @param server slot. @param wasActive whether the connection was active at its end. */
    public void onConnectionClosed(final int server, final boolean wasActive)
    {
        add(servers + ((long)server << SERVER_SHIFT) + (wasActive ? ACTIVE : INACTIVE), -1);
    }

    /** @param server slot. @param isActive whether the connection has become active, else inactive. */
    public void onConnectionActivity(final int server, final boolean isActive)
    {
        final long offset = (long)server << SERVER_SHIFT;
        add(servers + offset + ACTIVE, isActive ? 1 : -1);
        add(servers + offset + INACTIVE, isActive ? -1 : 1);
    }

    /** @param server slot. @return active connections of this worker; for any worker. */
    public long activeConnectionsOpaque(final int server)
    {
        return getLongOpaque(servers + ((long)server << SERVER_SHIFT) + ACTIVE);
    }

    /** @param server slot. @return inactive connections of this worker; for any worker. */
    public long inactiveConnectionsOpaque(final int server)
    {
        return getLongOpaque(servers + ((long)server << SERVER_SHIFT) + INACTIVE);
    }

    private static void add(final UnsafeBuffer buffer, final int index, final long amount)
    {
        buffer.putLong(index, buffer.getLong(index) + amount);
    }

    private static void add(final long address, final long amount)
    {
        putLong(address, getLong(address) + amount);
    }
}
