package org.headrace.conntrack;

import static org.headrace.conntrack.EntryDescriptor.NEXT_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PREVIOUS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.SIDE_LENGTH;

/**
 * Three timer wheels on one clock, one for each {@link #classOf class} of connections. A slot is a list by index,
 * first in first out, threaded through the side records. After Varghese and Lauck, <i>Hashed and Hierarchical Timing
 * Wheels</i> (1987), scheme 4, with deadlines beyond the horizon looked at early and put in again.
 *
 * <p>Because a wheel is ordered by deadline, the front of a class's wheel is also the one that has to go first when
 * the table is full: no second list is kept for that.
 *
 * <pre>
 *   slots:   class 3 x slot 4096 x { first 4 | last 4 }       an index, or -1
 *   bitmaps: class 3 x { 64 longs: slot is used | summary 8: long is used | pad to 1024 bytes }
 * </pre>
 */
final class ExpiryWheel
{
    static final int EMBRYONIC = 0;
    static final int CLOSING = 1;
    static final int PROTECTED = 2;
    static final int CLASSES = 3;

    /** A slot is 256 ms wide. */
    static final int TICK_SHIFT = 8;
    static final int SLOT_BITS = 12;
    /** Slots of a class: the horizon is 17.5 minutes, just beyond the longest of the usual timeouts. */
    static final int SLOTS = 1 << SLOT_BITS;
    static final int SLOTS_LENGTH = CLASSES * SLOTS * 8;
    static final int BITMAP_LENGTH = 1024;
    static final int LENGTH = SLOTS_LENGTH + CLASSES * BITMAP_LENGTH;

    private static final int SLOT_MASK = SLOTS - 1;
    private static final int SUMMARY_OFFSET = 512;
    private static final int NONE = -1;
    private static final byte[] CLASS_BY_STATE = new byte[16];

    static
    {
        for (int state = 0; state < CLASS_BY_STATE.length; state++)
        {
            CLASS_BY_STATE[state] = switch (state)
            {
                case TcpState.NONE, TcpState.SYN_SENT, TcpState.SYN_RECV, TcpState.SYNACK -> EMBRYONIC;
                case TcpState.TIME_WAIT, TcpState.CLOSE -> CLOSING;
                default -> PROTECTED;
            };
        }
    }

    private final long slots;
    private final long bitmaps;
    private final long sides;
    private final long cursorAddress;

    /**
     * @param slots         address of the slots, the bitmaps behind them.
     * @param sides         address of the side records.
     * @param cursorAddress of the long that holds the tick to be looked at next.
     */
    ExpiryWheel(final long slots, final long sides, final long cursorAddress)
    {
        this.slots = slots;
        this.bitmaps = slots + SLOTS_LENGTH;
        this.sides = sides;
        this.cursorAddress = cursorAddress;
    }

    /** Empties all slots; the clock stays. */
    void clear()
    {
        OffHeap.fill(slots, SLOTS_LENGTH, 0xFF);
        OffHeap.fill(bitmaps, CLASSES * BITMAP_LENGTH, 0);
    }

    /** The tick that is looked at next. */
    long cursor()
    {
        return OffHeap.getLong(cursorAddress);
    }

    void cursor(final long tick)
    {
        OffHeap.putLong(cursorAddress, tick);
    }

    /** What happens to connections of this state when the table is full. */
    static int classOf(final int state)
    {
        return CLASS_BY_STATE[state];
    }

    /**
     * Milliseconds since the table's base up to which everything has been looked at: within a tick of the last call.
     */
    long reachedMs()
    {
        return cursor() << TICK_SHIFT;
    }

    /** Puts a connection at the end of the slot of its deadline, in milliseconds since the table's base. */
    void link(final int index, final int wheelClass, final long deadlineMs)
    {
        link(index, wheelClass, deadlineMs, cursor());
    }

    /** As the other, for a clock that is to be set to another tick when all connections hang where they should. */
    void link(final int index, final int wheelClass, final long deadlineMs, final long cursor)
    {
        final long tick = deadlineMs + (1 << TICK_SHIFT) - 1 >> TICK_SHIFT;
        final long clamped = Math.max(cursor, Math.min(tick, cursor + SLOTS - 1));
        final int slot = wheelClass << SLOT_BITS | (int)clamped & SLOT_MASK;
        final long slotAddress = slotAddress(slot);
        final long side = side(index);
        final int last = OffHeap.getInt(slotAddress + PREVIOUS_OFFSET);
        OffHeap.putInt(side + NEXT_OFFSET, ~slot);
        if (last == NONE)
        {
            OffHeap.putInt(side + PREVIOUS_OFFSET, ~slot);
            OffHeap.putInt(slotAddress + NEXT_OFFSET, index);
            mark(slot);
        }
        else
        {
            OffHeap.putInt(side + PREVIOUS_OFFSET, last);
            OffHeap.putInt(side(last) + NEXT_OFFSET, index);
        }
        OffHeap.putInt(slotAddress + PREVIOUS_OFFSET, index);
    }

    void unlink(final int index)
    {
        final long side = side(index);
        final int next = OffHeap.getInt(side + NEXT_OFFSET);
        final int previous = OffHeap.getInt(side + PREVIOUS_OFFSET);
        // an end of the list carries the complement of its slot, so that no entry has to remember where it hangs
        if (previous < 0)
        {
            OffHeap.putInt(slotAddress(~previous) + NEXT_OFFSET, next < 0 ? NONE : next);
        }
        else
        {
            OffHeap.putInt(side(previous) + NEXT_OFFSET, next);
        }
        if (next < 0)
        {
            OffHeap.putInt(slotAddress(~next) + PREVIOUS_OFFSET, previous < 0 ? NONE : previous);
        }
        else
        {
            OffHeap.putInt(side(next) + PREVIOUS_OFFSET, previous);
        }
        if (previous < 0 && next < 0)
        {
            unmark(~next);
        }
    }

    /** The connection of a class whose turn comes first, or -1. */
    int first(final int wheelClass)
    {
        final long cursor = cursor();
        final int distance = distance(wheelClass, cursor);
        return distance < 0 ? NONE : head(wheelClass, cursor + distance);
    }

    /** The connection behind this one in its slot, or -1 if it is the last. */
    int following(final int index)
    {
        return Math.max(NONE, OffHeap.getInt(side(index) + NEXT_OFFSET));
    }

    /**
     * The next connection to be looked at; moves on over empty slots, however many.
     *
     * @param nowMs milliseconds since the table's base.
     * @return an index, or -1 if none is due.
     */
    int due(final long nowMs)
    {
        final long nowTick = nowMs >> TICK_SHIFT;
        final long cursor = cursor();
        if (cursor > nowTick)
        {
            return NONE;
        }
        int nearest = Integer.MAX_VALUE;
        int nearestClass = NONE;
        for (int wheelClass = 0; wheelClass < CLASSES; wheelClass++)
        {
            final int distance = distance(wheelClass, cursor);
            if (distance >= 0 && distance < nearest)
            {
                nearest = distance;
                nearestClass = wheelClass;
            }
        }
        if (nearestClass == NONE || cursor + nearest > nowTick)
        {
            cursor(nowTick + 1);
            return NONE;
        }
        cursor(cursor + nearest);
        return head(nearestClass, cursor + nearest);
    }

    private int head(final int wheelClass, final long tick)
    {
        return OffHeap.getInt(slotAddress(wheelClass << SLOT_BITS | (int)tick & SLOT_MASK) + NEXT_OFFSET);
    }

    /** Slots from this tick to the next used one, round the wheel: 0 to 4095, or -1 if the whole class is empty. */
    private int distance(final int wheelClass, final long tick)
    {
        final long bitmap = bitmaps + (long)wheelClass * BITMAP_LENGTH;
        final int start = (int)tick & SLOT_MASK;
        final int startWord = start >>> 6;
        final long ahead = OffHeap.getLong(bitmap + ((long)startWord << 3)) & -1L << start;
        if (ahead != 0)
        {
            return (startWord << 6) + Long.numberOfTrailingZeros(ahead) - start;
        }
        final long summary = OffHeap.getLong(bitmap + SUMMARY_OFFSET);
        if (summary == 0)
        {
            return NONE;
        }
        // rotated so that the word after the starting one comes first, and the starting one (its lower part) last
        final int word = startWord + 1 + Long.numberOfTrailingZeros(Long.rotateRight(summary, startWord + 1)) & 63;
        final int found = (word << 6) + Long.numberOfTrailingZeros(OffHeap.getLong(bitmap + ((long)word << 3)));
        return found - start & SLOT_MASK;
    }

    private void mark(final int slot)
    {
        final long bitmap = bitmaps + (long)(slot >>> SLOT_BITS) * BITMAP_LENGTH;
        final int word = (slot & SLOT_MASK) >>> 6;
        final long wordAddress = bitmap + ((long)word << 3);
        OffHeap.putLong(wordAddress, OffHeap.getLong(wordAddress) | 1L << slot);
        OffHeap.putLong(bitmap + SUMMARY_OFFSET, OffHeap.getLong(bitmap + SUMMARY_OFFSET) | 1L << word);
    }

    private void unmark(final int slot)
    {
        final long bitmap = bitmaps + (long)(slot >>> SLOT_BITS) * BITMAP_LENGTH;
        final int word = (slot & SLOT_MASK) >>> 6;
        final long wordAddress = bitmap + ((long)word << 3);
        final long bits = OffHeap.getLong(wordAddress) & ~(1L << slot);
        OffHeap.putLong(wordAddress, bits);
        if (bits == 0)
        {
            OffHeap.putLong(bitmap + SUMMARY_OFFSET, OffHeap.getLong(bitmap + SUMMARY_OFFSET) & ~(1L << word));
        }
    }

    private long slotAddress(final int slot)
    {
        return slots + ((long)slot << 3);
    }

    private long side(final int index)
    {
        return sides + (long)index * SIDE_LENGTH;
    }
}
