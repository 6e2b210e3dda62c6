package org.headrace.conntrack;

import static org.headrace.conntrack.BucketDescriptor.FLOWS_OFFSET;
import static org.headrace.conntrack.BucketDescriptor.PASSED_OFFSET;
import static org.headrace.conntrack.BucketDescriptor.SLOTS;
import static org.headrace.conntrack.BucketDescriptor.TAGS_OFFSET;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;

/**
 * Whether the tuple index holds the flows of the connections, each once and with the right tag, and no other: seen in
 * one pass over the buckets, in the order of their addresses, by comparing sums. If not, the index is made anew.
 *
 * <p>That a flow lies on its way, and that {@code passed} is right, is not looked at: no kill, and no damage to a few
 * bits, puts a flow somewhere else.
 */
final class TupleIndexCheck
{
    private TupleIndexCheck()
    {
    }

    /** A number for one used slot; not linear, so that two flows with each other's tags show in the sum. */
    static long fingerprint(final int flow, final int tag)
    {
        final long mixed = ((long)flow << 16 | tag) * 0x9E37_79B9_7F4A_7C15L;
        return (mixed ^ mixed >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    }

    /** @param expected sum of the fingerprints of all flows of all connections. */
    static boolean isSound(final ConnectionTable table, final int everUsed, final long expected)
    {
        long sum = 0;
        int highest = 0;
        final long first = table.memory().address() + ConnectionTableDescriptor.bucketsOffset();
        final long end = first + ConnectionTableDescriptor.bucketsLength(table.capacity());
        for (long bucket = first; bucket < end; bucket += BucketDescriptor.LENGTH)
        {
            highest = Math.max(highest, highestIndex(bucket));
            sum += fingerprint(bucket);
        }
        return sum == expected && highest < Math.max(1, everUsed);
    }

    /** Makes the index anew from the entry lines. */
    static void rebuild(final ConnectionTable table, final int everUsed) throws TableRefusedException
    {
        table.tupleIndex().clear();
        for (int index = 0; index < everUsed; index++)
        {
            if ((EntryFlyweight.flags(table.entry(index)) & EntryDescriptor.LIVE) != 0)
            {
                put(table, index, IN);
                if (!table.isOneWay(index))
                {
                    put(table, index, REPLY);
                }
            }
        }
    }

    private static void put(final ConnectionTable table, final int index, final int direction)
        throws TableRefusedException
    {
        final long hash = table.storedHash(index, direction);
        final int found = find(table, index, direction, hash);
        if (found != ConnectionTable.NOT_FOUND || !table.tupleIndex().put(hash, index << 1 | direction))
        {
            throw new TableRefusedException("connection " + index + ": direction " + direction +
                (found == ConnectionTable.NOT_FOUND ? " has too many equal hashes" :
                    " has the tuple of connection " + (found >>> 1)) + " (expected: a place of its own in the index)");
        }
    }

    private static int find(final ConnectionTable table, final int index, final int direction, final long hash)
    {
        final long entry = table.entry(index);
        final long ends = table.extension(index);
        final int protocol = EntryFlyweight.protocol(entry);
        final int ports = EntryFlyweight.ports(entry, direction);
        return table.isIpv6(index) ?
            table.tupleIndex().findIpv6(hash, protocol, EntryFlyweight.extensionPart(ends, direction, 0),
                EntryFlyweight.extensionPart(ends, direction, 1), EntryFlyweight.extensionPart(ends, direction, 2),
                EntryFlyweight.extensionPart(ends, direction, 3), ports) :
            table.tupleIndex().findIpv4(hash, protocol, EntryFlyweight.addresses(entry, direction), ports);
    }

    private static long fingerprint(final long bucket)
    {
        long sum = 0;
        for (int slot = 0; slot < SLOTS; slot++)
        {
            final int tag = tag(bucket, slot);
            sum += fingerprint(flow(bucket, slot), tag) * isUsed(tag);
        }
        return sum;
    }

    /** The highest index in a bucket, beyond any if a bucket's mark of passing cannot be. */
    private static int highestIndex(final long bucket)
    {
        int highest = OffHeap.getInt(bucket + PASSED_OFFSET) < 0 ? Integer.MAX_VALUE : 0;
        for (int slot = 0; slot < SLOTS; slot++)
        {
            highest = Math.max(highest, (flow(bucket, slot) >>> 1) * isUsed(tag(bucket, slot)));
        }
        return highest;
    }

    /** 1 for a slot in use, 0 for an empty one: multiplied with, because no predictor knows which slots are empty. */
    private static int isUsed(final int tag)
    {
        return tag + 0xFFFF >>> 16;
    }

    private static int tag(final long bucket, final int slot)
    {
        return OffHeap.getUnsignedShort(bucket + TAGS_OFFSET + (slot << 1));
    }

    private static int flow(final long bucket, final int slot)
    {
        return OffHeap.getInt(bucket + FLOWS_OFFSET + (slot << 2));
    }
}
