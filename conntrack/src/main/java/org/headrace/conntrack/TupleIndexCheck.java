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
    private final int everUsed;
    private long sum;
    private int outside;

    private TupleIndexCheck(final int everUsed)
    {
        this.everUsed = everUsed;
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
        final TupleIndexCheck check = new TupleIndexCheck(everUsed);
        final long first = table.memory().address() + ConnectionTableDescriptor.bucketsOffset();
        final long end = first + ConnectionTableDescriptor.bucketsLength(table.capacity());
        for (long bucket = first; bucket < end; bucket += BucketDescriptor.LENGTH)
        {
            check.add(bucket);
        }
        return check.sum == expected && check.outside >= 0;
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

    /** Without a branch on whether a slot is used: no predictor knows which ones are empty. */
    private void add(final long bucket)
    {
        long bucketSum = 0;
        int signs = OffHeap.getInt(bucket + PASSED_OFFSET);
        for (int slot = 0; slot < SLOTS; slot++)
        {
            final int tag = tag(bucket, slot);
            final int flow = flow(bucket, slot);
            final int isUsed = tag + 0xFFFF >>> 16;
            bucketSum += fingerprint(flow, tag) * isUsed;
            // negative if the index is beyond, whatever the flow
            signs |= (everUsed - 1 - (flow >>> 1)) * isUsed;
        }
        sum += bucketSum;
        outside |= signs;
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
