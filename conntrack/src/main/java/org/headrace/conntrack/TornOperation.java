package org.headrace.conntrack;

/** What the former owner of a table was in the middle of when it ended; by number as it stands in the intent. */
public enum TornOperation
{
    /** Nothing, or a packet's counters, or a state and its counts. */
    NONE,
    /** An insert: taken back. */
    INSERT,
    /** A removal that the owner asked for: finished. */
    REMOVE,
    /** A connection on its way from one slot of the expiry wheel to another: it is in its place again. */
    REARM,
    /** A removal because of idleness: finished. */
    EXPIRE,
    /** A removal to make room: finished. The connection it made room for is not there. */
    EVICT;

    private static final TornOperation[] BY_NUMBER = values();
    private static final int NUMBER_SHIFT = 32;

    /** The word that says this operation is going on with a connection. */
    long intent()
    {
        return (long)ordinal() << NUMBER_SHIFT;
    }

    static TornOperation ofIntent(final long intent) throws TableRefusedException
    {
        final long number = intent >>> NUMBER_SHIFT;
        if (number >= BY_NUMBER.length || number == 0 && intent != 0)
        {
            throw new TableRefusedException("intent: 0x" + Long.toHexString(intent) +
                " (expected: operation 1 to " + (BY_NUMBER.length - 1) + " in the upper half, or 0)");
        }
        return BY_NUMBER[(int)number];
    }
}
