package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.ConnectionTableDescriptor.SIZE_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.STATE_COUNTS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.GENERATION_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.IPV6;
import static org.headrace.conntrack.EntryDescriptor.LAST_SEEN_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.LIVE;
import static org.headrace.conntrack.EntryDescriptor.LOCAL;
import static org.headrace.conntrack.EntryDescriptor.MAX_SERVER_SLOT;
import static org.headrace.conntrack.EntryDescriptor.NEXT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.ONE_WAY;

/**
 * One pass over side records and entry lines, in the order of their addresses: judges every connection, counts, and
 * makes the list of free places and the expiry wheel anew from what it finds. That costs less than to follow the old
 * lists would, and leaves nothing of them to be trusted.
 */
final class ConnectionPass
{
    private static final int NONE = -1;
    private static final int STATES = 16;

    private final ConnectionTable table;
    private final TableHeader header;
    private final ExpiryWheel wheel;
    private final FlowHash flowHash;
    private final IdleTimeouts timeouts;
    private final long nowMs;
    private final long cursor;
    private final long formerMs;
    private final int[] byState = new int[STATES];
    private int lastFree = NONE;
    private int overdue;
    private int correctedTimes;
    private long flows;

    /**
     * @param nowMs  milliseconds since the table's base.
     * @param cursor that the wheel is going to have.
     */
    ConnectionPass(final ConnectionTable table, final IdleTimeouts timeouts, final long nowMs, final long cursor)
    {
        this.table = table;
        this.header = table.header();
        this.wheel = table.wheel();
        this.flowHash = table.flowHash();
        this.timeouts = timeouts;
        this.nowMs = nowMs;
        this.cursor = cursor;
        this.formerMs = wheel.reachedMs();
    }

    void run(final int everUsed, final AttachListener listener) throws TableRefusedException
    {
        wheel.clear();
        header.clear();
        for (int index = 0; index < everUsed; index++)
        {
            if (visit(index))
            {
                listener.onConnection(table, index);
            }
        }
    }

    /** @return how many of the header's counts were not what was found; they are now. */
    int correctCounts()
    {
        int size = 0;
        int corrected = 0;
        for (int state = 0; state < STATES; state++)
        {
            size += byState[state];
            corrected += header.correct(STATE_COUNTS_OFFSET + (state << 2), byState[state]);
        }
        return corrected + header.correct(SIZE_OFFSET, size);
    }

    /** Fingerprint of what should be in the tuple index. */
    long flows()
    {
        return flows;
    }

    int overdue()
    {
        return overdue;
    }

    int correctedTimes()
    {
        return correctedTimes;
    }

    /** @return true if it is a connection, false if it is a free place. */
    private boolean visit(final int index) throws TableRefusedException
    {
        final long entry = table.entry(index);
        final int flags = EntryFlyweight.flags(entry);
        final int generation = OffHeap.getUnsignedShort(table.side(index) + GENERATION_OFFSET);
        if ((generation & LIVE) != (flags & LIVE))
        {
            throw refused(index, "generation=" + generation + " flags=0x" + Integer.toHexString(flags) +
                " (expected: odd and live, or even and free)");
        }
        if ((flags & LIVE) == 0)
        {
            appendFree(index);
            return false;
        }
        judge(index, entry, flags);
        addFlows(index, entry, flags);
        final int state = EntryFlyweight.state(entry);
        byState[state]++;
        final long deadlineMs = lastSeenMs(entry) + timeouts.timeoutMs(EntryFlyweight.profile(entry), state);
        if (deadlineMs <= nowMs)
        {
            overdue++;
        }
        wheel.link(index, ExpiryWheel.classOf(state), deadlineMs, cursor);
        return true;
    }

    private void judge(final int index, final long entry, final int flags) throws TableRefusedException
    {
        if (EntryFlyweight.state(entry) >= TcpState.COUNT || EntryFlyweight.protocol(entry) == 0 ||
            EntryFlyweight.serverSlot(entry) > MAX_SERVER_SLOT)
        {
            throw refused(index, "state=" + EntryFlyweight.state(entry) + " protocol=" +
                EntryFlyweight.protocol(entry) + " serverSlot=" + EntryFlyweight.serverSlot(entry) +
                " (expected: below " + TcpState.COUNT + ", not 0, at most " + MAX_SERVER_SLOT + ")");
        }
        if ((flags & LOCAL) == 0 && !isClientLocalEnd(index, entry, flags))
        {
            throw refused(index, "local end differs from client (expected: equal, flags=0x" +
                Integer.toHexString(flags) + ")");
        }
    }

    private boolean isClientLocalEnd(final int index, final long entry, final int flags)
    {
        final long extension = table.extension(index);
        return EntryFlyweight.ports(entry, IN) >>> 16 == (EntryFlyweight.ports(entry, REPLY) & 0xFFFF) &&
            ((flags & IPV6) == 0 ?
                (int)(EntryFlyweight.addresses(entry, IN) >>> 32) == (int)EntryFlyweight.addresses(entry, REPLY) :
                EntryFlyweight.extensionPart(extension, IN, 0) == EntryFlyweight.extensionPart(extension, REPLY, 2) &&
                EntryFlyweight.extensionPart(extension, IN, 1) == EntryFlyweight.extensionPart(extension, REPLY, 3));
    }

    private void addFlows(final int index, final long entry, final int flags) throws TableRefusedException
    {
        final int directions = (flags & ONE_WAY) == 0 ? 2 : 1;
        for (int direction = IN; direction < directions; direction++)
        {
            final long hash = (flags & IPV6) == 0 ?
                flowHash.ipv4(EntryFlyweight.protocol(entry), EntryFlyweight.addresses(entry, direction),
                    EntryFlyweight.ports(entry, direction)) :
                checkedIpv6Hash(index, entry, direction);
            flows += TupleIndexCheck.fingerprint(index << 1 | direction, BucketDescriptor.tag(hash));
        }
    }

    private long checkedIpv6Hash(final int index, final long entry, final int direction) throws TableRefusedException
    {
        final long ends = table.extension(index);
        final long hash = flowHash.ipv6(EntryFlyweight.protocol(entry),
            EntryFlyweight.extensionPart(ends, direction, 0), EntryFlyweight.extensionPart(ends, direction, 1),
            EntryFlyweight.extensionPart(ends, direction, 2), EntryFlyweight.extensionPart(ends, direction, 3),
            EntryFlyweight.ports(entry, direction));
        final long stored = EntryFlyweight.addresses(entry, direction);
        if (hash != stored)
        {
            throw refused(index, "hash of direction " + direction + ": 0x" + Long.toHexString(stored) +
                " (expected: 0x" + Long.toHexString(hash) + ")");
        }
        return hash;
    }

    /**
     * Milliseconds since the base. Nobody has been seen later than now, and who has been idle for longer than any
     * timeout may as well have been idle for just that long: so the 32 bits also fit the clock that goes on from now.
     */
    private long lastSeenMs(final long entry)
    {
        final long lastSeen = formerMs + (EntryFlyweight.lastSeen(entry) - (int)formerMs);
        final long fitting = Math.max(nowMs - IdleTimeouts.MAX_TIMEOUT_MS, Math.min(nowMs, lastSeen));
        if (fitting != lastSeen)
        {
            OffHeap.putInt(entry + LAST_SEEN_OFFSET, (int)fitting);
            correctedTimes++;
        }
        return fitting;
    }

    private void appendFree(final int index)
    {
        if (lastFree == NONE)
        {
            header.firstFree(index);
        }
        else
        {
            OffHeap.putInt(table.side(lastFree) + NEXT_OFFSET, index);
        }
        OffHeap.putInt(table.side(index) + NEXT_OFFSET, NONE);
        lastFree = index;
    }

    private static TableRefusedException refused(final int index, final String message)
    {
        return new TableRefusedException("connection " + index + ": " + message);
    }
}
