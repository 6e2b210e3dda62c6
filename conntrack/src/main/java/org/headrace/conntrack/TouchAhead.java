package org.headrace.conntrack;

import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;

/**
 * Starts the loads of what removing some connections will need. One removal after the other waits for three lines, each
 * after the other: entry, bucket of one direction, bucket of the other. Here a stage loads the entry lines of all of
 * them, and the next one all their buckets, so that the misses overlap.
 */
final class TouchAhead
{
    /** Connections at a time: twice as many lines of buckets as a core can wait for at once. */
    static final int CONNECTIONS = 16;

    private final ConnectionTable table;
    private final TupleIndex tupleIndex;
    private final ExpiryWheel wheel;
    private final int[] indexes = new int[CONNECTIONS];
    private final long[] hashes = new long[2 * CONNECTIONS];
    /** Depends on every line that was touched, so that no load is left out; means nothing. */
    private long touched;

    TouchAhead(final ConnectionTable table, final TupleIndex tupleIndex, final ExpiryWheel wheel)
    {
        this.table = table;
        this.tupleIndex = tupleIndex;
        this.wheel = wheel;
    }

    /** A connection and those that hang behind it in its slot; for nothing if they turn out to stay, which is rare. */
    void touch(final int first)
    {
        int count = 0;
        for (int index = first; index >= 0 && count < CONNECTIONS; index = wheel.following(index))
        {
            indexes[count++] = index;
        }
        long sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += EntryFlyweight.addresses(table.entry(indexes[i]), IN);
        }
        for (int i = 0; i < count; i++)
        {
            final int index = indexes[i];
            hashes[2 * i] = table.storedHash(index, IN);
            hashes[2 * i + 1] = table.storedHash(index, table.isOneWay(index) ? IN : REPLY);
        }
        for (int i = 0; i < 2 * count; i++)
        {
            sum += tupleIndex.touchBucket(hashes[i]);
        }
        touched = sum;
    }
}
