package org.headrace.forwarder.guard;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.headrace.forwarder.io.Verdict;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.LimitCounter;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One worker's share of every limit: how many connections it may have, and how many it may have opened.
 *
 * <p><b>Assumptions and guarantees.</b> The worker's thread opens and closes connections, takes tables, and takes the
 * allowances that the conductor sends ({@link #poll}). It writes its own cache line for each limit, and nobody else
 * does. The conductor's thread sends ({@link #grant}) and reads the line. The worker opens a connection only while what
 * it has is below the allowance that it has <i>taken</i>; so once the conductor sees a lower allowance taken, this
 * worker will not go above it, and what it gave up can be given to another. Lines are taken in the order in which they
 * were sent.
 */
public final class Allowances
{
    /** Kind of an allowance: connections at the same time. */
    public static final int CONNECTIONS = 0;
    /** Kind of an allowance: connections opened, counted from when the limit was made. */
    public static final int OPENED = 1;
    /** Kinds of allowances. */
    public static final int KINDS = 2;
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;
    /** The worker may open the connection; no drop has this code. */
    public static final int ADMITTED = Verdict.FORWARD;

    private static final int POLL_LIMIT = 16;
    private static final int RING_BYTES = 8_192;
    private static final int LINE_SHIFT = 6;
    private static final int VALUE_OFFSET = BitUtil.SIZE_OF_LONG;
    private static final int GRANT_LENGTH = 2 * BitUtil.SIZE_OF_LONG;
    private static final int[] USED = {offset(LimitCounter.CONNECTIONS), offset(LimitCounter.OPENED)};
    private static final int[] TAKEN = {offset(LimitCounter.CONNECTIONS_ALLOWED), offset(LimitCounter.OPENED_ALLOWED)};
    private static final int[] REFUSED =
        {offset(LimitCounter.REFUSED_CONNECTIONS), offset(LimitCounter.REFUSED_RATE)};
    private static final int[] VERDICT =
        {Verdict.drop(DropReason.CONNECTION_LIMIT), Verdict.drop(DropReason.RATE_LIMIT)};
    private final UnsafeBuffer lines;
    /** In the line behind those of the limits: refusals of all limits, so that the conductor need look at one word. */
    private final int refusals;
    private final int[] connectionsOfService;
    private final OneToOneRingBuffer grants = new OneToOneRingBuffer(new UnsafeBuffer(
        BufferUtil.allocateDirectAligned(
            RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH, 2 * BitUtil.CACHE_LINE_LENGTH)));
    private final UnsafeBuffer outgoing = new UnsafeBuffer(new byte[GRANT_LENGTH]);
    private final MessageHandler onGrant = this::onGrant;
    private LimitTable table = LimitTable.EMPTY;

    /**
     * @param counters file of all workers.
     * @return allowances of each worker, with nothing used and nothing refused.
     */
    public static List<Allowances> of(final CountersFile counters)
    {
        return IntStream.range(0, counters.workers())
            .mapToObj(worker -> new Allowances(counters.limitsBuffer(worker), CountersDescriptor.SERVICE_SLOTS))
            .toList();
    }

    /**
     * @param limitSlots   most limits.
     * @param serviceSlots most services.
     * @return allowances of a worker that nobody looks at.
     */
    public static Allowances inMemory(final int limitSlots, final int serviceSlots)
    {
        final int length = limitSlots + 1 << LINE_SHIFT;
        return new Allowances(
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, 2 * BitUtil.CACHE_LINE_LENGTH)), serviceSlots);
    }

    /**
     * @param lines        a line of 64 bytes for each limit, and one more.
     * @param serviceSlots most services.
     */
    public Allowances(final UnsafeBuffer lines, final int serviceSlots)
    {
        this.lines = lines;
        this.refusals = lines.capacity() - (1 << LINE_SHIFT);
        this.connectionsOfService = new int[serviceSlots];
        lines.setMemory(0, lines.capacity(), (byte)0);
    }

    /**
     * Takes a new table: what the worker has under each of its limits is counted anew, and limits that are new have no
     * allowance yet: nobody is admitted until one was sent. Worker's thread, or before that is started.
     *
     * @param newTable to go by from now on.
     */
    public void take(final LimitTable newTable)
    {
        for (final LimitTable.Limit limit : newTable.limits())
        {
            final int line = limit.slot() << LINE_SHIFT;
            if (limit.since() > table.generation())
            {
                lines.setMemory(line, BitUtil.CACHE_LINE_LENGTH, (byte)0);
            }
            long connections = 0;
            for (final int service : limit.services())
            {
                connections += connectionsOfService[service];
            }
            lines.putLong(line + USED[CONNECTIONS], connections);
        }
        table = newTable;
    }

    /** Takes what the conductor has sent. Worker's thread. @return how many. */
    public int poll()
    {
        return grants.read(onGrant, POLL_LIMIT);
    }

    /**
     * @param service slot, in force.
     * @return {@link #ADMITTED}, or the verdict on the packet that would open one more connection; it is counted.
     */
    public int admit(final int service)
    {
        final int verdict = admitBy(table.first(service));
        return verdict == ADMITTED ? admitBy(table.second(service)) : verdict;
    }

    /** @param service slot of a connection that was opened. */
    public void onOpened(final int service)
    {
        connectionsOfService[service]++;
        onOpenedBy(table.first(service));
        onOpenedBy(table.second(service));
    }

    /** @param service slot of a connection that a predecessor has opened; before the first table. */
    public void onFound(final int service)
    {
        connectionsOfService[service]++;
    }

    /** @param service slot of a connection that has ended, also of a service that has left the configuration. */
    public void onClosed(final int service)
    {
        connectionsOfService[service]--;
        onClosedBy(table.first(service));
        onClosedBy(table.second(service));
    }

    /**
     * Sends an allowance. Conductor's thread.
     *
     * @param limit slot.
     * @param kind  of the allowance.
     * @param value that the worker is to take.
     * @return false if there is no room now.
     */
    boolean grant(final int limit, final int kind, final long value)
    {
        outgoing.putInt(0, limit);
        outgoing.putLong(VALUE_OFFSET, value);
        return grants.write(kind + 1, outgoing, 0, GRANT_LENGTH);
    }

    /** Returns what the worker goes by; what was used before it took that is seen with it. Conductor's thread. */
    long takenAcquire(final int limit, final int kind)
    {
        return lines.getLongAcquire((limit << LINE_SHIFT) + TAKEN[kind]);
    }

    /** Returns what the worker has used of an allowance, as of its last plain store. Conductor's thread. */
    long usedOpaque(final int limit, final int kind)
    {
        return lines.getLongOpaque((limit << LINE_SHIFT) + USED[kind]);
    }

    /** Returns how often the worker had to refuse by one limit, as of its last plain store. Conductor's thread. */
    long refusedOpaque(final int limit, final int kind)
    {
        return lines.getLongOpaque((limit << LINE_SHIFT) + REFUSED[kind]);
    }

    /** @return how often the worker had to refuse by any limit, as of its last plain store. Conductor's thread. */
    public long refusalsOpaque()
    {
        return lines.getLongOpaque(refusals);
    }

    private void onGrant(
        final int messageType, final MutableDirectBuffer buffer, final int index, final int length)
    {
        final int line = buffer.getInt(index) << LINE_SHIFT;
        // Release: who sees it taken sees at least what was used until then.
        lines.putLongRelease(line + TAKEN[messageType - 1], buffer.getLong(index + VALUE_OFFSET));
    }

    private int admitBy(final int limit)
    {
        if (limit == LimitTable.NO_LIMIT)
        {
            return ADMITTED;
        }
        final int line = limit << LINE_SHIFT;
        for (int kind = 0; kind < KINDS; kind++)
        {
            if (lines.getLong(line + USED[kind]) >= lines.getLong(line + TAKEN[kind]))
            {
                increment(line + REFUSED[kind], 1);
                increment(refusals, 1);
                return VERDICT[kind];
            }
        }
        return ADMITTED;
    }

    private void onOpenedBy(final int limit)
    {
        if (limit != LimitTable.NO_LIMIT)
        {
            increment((limit << LINE_SHIFT) + USED[CONNECTIONS], 1);
            increment((limit << LINE_SHIFT) + USED[OPENED], 1);
        }
    }

    private void onClosedBy(final int limit)
    {
        if (limit != LimitTable.NO_LIMIT)
        {
            increment((limit << LINE_SHIFT) + USED[CONNECTIONS], -1);
        }
    }

    private void increment(final int index, final long amount)
    {
        lines.putLong(index, lines.getLong(index) + amount);
    }

    private static int offset(final LimitCounter counter)
    {
        return counter.ordinal() * BitUtil.SIZE_OF_LONG;
    }
}
