package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTableDescriptor.CREATED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EVICTED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.EXPIRED_OFFSET;
import static org.headrace.conntrack.ConnectionTableDescriptor.REMOVED_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.GENERATION_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.LIVE;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Makes a table whole that its former owner left at any instruction. The intent stays until everything else is done,
 * and every step may be done again, so a kill in here is mended by the next attach.
 */
final class TableAttach
{
    /** Longest silence that 32-bit times survive: 24.8 days. */
    private static final long MAX_SILENT_MS = Integer.MAX_VALUE;
    private static final long TICK_MS = 1L << ExpiryWheel.TICK_SHIFT;

    private final ConnectionTable table;
    private final TableHeader header;
    private final ExpiryWheel wheel;
    private final IdleTimeouts timeouts;
    private final AttachListener listener;
    private final long nowMs;

    /** @param nowMs monotonic clock, from here on relative to the table's base. */
    TableAttach(
        final ConnectionTable table,
        final IdleTimeouts timeouts,
        final AttachListener listener,
        final long nowMs)
    {
        this.table = table;
        this.header = table.header();
        this.wheel = table.wheel();
        this.timeouts = timeouts;
        this.listener = listener;
        this.nowMs = nowMs - table.baseMs();
    }

    /** @return the hash seed of the table, which is one of this version and capacity, on this clock. */
    static long checkHeader(final MemorySegment memory, final int capacity, final long clockId)
        throws TableRefusedException
    {
        ConnectionTableDescriptor.checkCapacity(capacity);
        ConnectionTableDescriptor.checkMemory(memory, 0);
        try
        {
            ConnectionTableDescriptor.check(memory);
        }
        catch (final IllegalArgumentException e)
        {
            throw new TableRefusedException(e.getMessage());
        }
        final long header = memory.address();
        expect("capacity", OffHeap.getInt(header + ConnectionTableDescriptor.CAPACITY_OFFSET), capacity);
        final long foundClock = OffHeap.getLong(header + ConnectionTableDescriptor.CLOCK_ID_OFFSET);
        if (foundClock != clockId)
        {
            throw new TableRefusedException("clockId: 0x" + Long.toHexString(foundClock) + " (expected: 0x" +
                Long.toHexString(clockId) + ")");
        }
        return OffHeap.getLong(header + ConnectionTableDescriptor.HASH_SEED_OFFSET);
    }

    AttachReport run(final long ownerPid) throws TableRefusedException
    {
        final long silentMs = checkClock();
        final int everUsed = header.everUsed();
        if (everUsed < 0 || everUsed > table.capacity())
        {
            throw new TableRefusedException("everUsed: " + everUsed + " (expected: 0 to " + table.capacity() + ")");
        }
        final long intent = header.intent();
        final TornOperation torn = TornOperation.ofIntent(intent);
        if (torn != TornOperation.NONE)
        {
            repair(torn, (int)intent, everUsed);
        }
        // an expiry that had just looked may have set the cursor one tick ahead of the clock
        final long cursor = Math.max(wheel.cursor(), nowMs >> ExpiryWheel.TICK_SHIFT);
        final ConnectionPass pass = new ConnectionPass(table, timeouts, nowMs, cursor);
        pass.run(everUsed, listener);
        final boolean isIndexRebuilt = !TupleIndexCheck.isSound(table, everUsed, pass.flows());
        if (isIndexRebuilt)
        {
            TupleIndexCheck.rebuild(table, everUsed);
        }
        final int correctedCounts = pass.correctCounts() + correctStatistics(torn);
        // times were made to fit both the former clock and this one, so either may be found by whoever comes after us
        VarHandle.releaseFence();
        wheel.cursor(cursor);
        final long formerOwnerPid = header.ownerPid();
        header.owner(ownerPid, header.epoch() + 1);
        header.end();
        return new AttachReport(header.epoch(), formerOwnerPid, torn, torn == TornOperation.NONE ? -1 : (int)intent,
            header.size(), pass.overdue(), correctedCounts, pass.correctedTimes(), isIndexRebuilt, silentMs);
    }

    private long checkClock() throws TableRefusedException
    {
        final long cursor = wheel.cursor();
        final long silentMs = nowMs - wheel.reachedMs();
        if (nowMs < 0 || cursor < 0 || cursor > nowMs / TICK_MS + 1 || silentMs > MAX_SILENT_MS)
        {
            throw new TableRefusedException("silentMs: now=" + nowMs + " expiry cursor=" + cursor + " x " + TICK_MS +
                " silent=" + silentMs + " (expected: at least -" + TICK_MS + ", at most " + MAX_SILENT_MS + ")");
        }
        return Math.max(0, silentMs);
    }

    /** Leaves the connection of a torn insert or removal out of the index and free, as in the end of a removal. */
    private void repair(final TornOperation torn, final int index, final int everUsed) throws TableRefusedException
    {
        final int limit = torn == TornOperation.INSERT ? Math.min(everUsed + 1, table.capacity()) : everUsed;
        if (index < 0 || index >= limit)
        {
            throw new TableRefusedException("intent: " + torn + " index=" + index + " (expected: 0 to " +
                (limit - 1) + ")");
        }
        final long entry = table.entry(index);
        // a place that was never used holds anything; one that was used says live only if all of its entry is there
        if (torn == TornOperation.REARM || index == everUsed || (EntryFlyweight.flags(entry) & LIVE) == 0)
        {
            return;
        }
        table.eraseFlows(index);
        if ((OffHeap.getUnsignedShort(table.side(index) + GENERATION_OFFSET) & 1) != 0)
        {
            header.nextGeneration(index);
        }
        EntryFlyweight.clear(entry);
    }

    /** Every connection that was created is still there or has been counted on its way out. */
    private int correctStatistics(final TornOperation torn)
    {
        final long expired = header.counter(EXPIRED_OFFSET);
        final long evicted = header.counter(EVICTED_OFFSET);
        final long removed = header.counter(REMOVED_OFFSET);
        final long expected = header.size() + expired + evicted + removed;
        final boolean isOneMissing = header.counter(CREATED_OFFSET) == expected + 1;
        return switch (isOneMissing ? torn : TornOperation.NONE)
        {
            case EXPIRE -> header.correct(EXPIRED_OFFSET, expired + 1);
            case EVICT -> header.correct(EVICTED_OFFSET, evicted + 1);
            case REMOVE -> header.correct(REMOVED_OFFSET, removed + 1);
            default -> header.correct(CREATED_OFFSET, expected);
        };
    }

    private static void expect(final String name, final int found, final int expected) throws TableRefusedException
    {
        if (found != expected)
        {
            throw new TableRefusedException(name + ": " + found + " (expected: " + expected + ")");
        }
    }
}
