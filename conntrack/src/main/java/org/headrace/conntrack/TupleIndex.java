package org.headrace.conntrack;

import static org.headrace.conntrack.BucketDescriptor.FLOWS_OFFSET;
import static org.headrace.conntrack.BucketDescriptor.LANES;
import static org.headrace.conntrack.BucketDescriptor.MAX_PROBES;
import static org.headrace.conntrack.BucketDescriptor.PASSED_OFFSET;
import static org.headrace.conntrack.BucketDescriptor.SLOTS;
import static org.headrace.conntrack.BucketDescriptor.TAGS_OFFSET;
import static org.headrace.conntrack.BucketDescriptor.homeOffset;
import static org.headrace.conntrack.BucketDescriptor.matches;
import static org.headrace.conntrack.BucketDescriptor.nextOffset;
import static org.headrace.conntrack.BucketDescriptor.slot;
import static org.headrace.conntrack.BucketDescriptor.tag;
import static org.headrace.conntrack.EntryDescriptor.ADDRESSES_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.ENTRY_SHIFT;
import static org.headrace.conntrack.EntryDescriptor.EXTENSION_SHIFT;
import static org.headrace.conntrack.EntryDescriptor.FLAGS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.IPV6;
import static org.headrace.conntrack.EntryDescriptor.LIVE;
import static org.headrace.conntrack.EntryDescriptor.ONE_WAY;
import static org.headrace.conntrack.EntryDescriptor.PORTS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.PROTOCOL_OFFSET;

import java.lang.invoke.VarHandle;

/**
 * Finds flows by tuple: buckets of tags, then the exact tuple in the entry line.
 *
 * <p>A tuple that finds its bucket full goes on to the next one of its way and leaves a mark by counting one up in
 * the bucket it passed, as in Meta's F14 tables; when it is erased it counts down again. A search goes on only from a
 * bucket that somebody has passed, so a miss mostly costs one line.
 */
final class TupleIndex
{
    /** What is compared of protocol and flags: the two bytes at {@link EntryDescriptor#PROTOCOL_OFFSET}, as a short. */
    private static final int KIND_MASK = 0xFF | (LIVE | IPV6) << 8;

    private final long buckets;
    private final long entries;
    private final long extensions;
    private final int pairCount;
    private final int maxProbes;

    TupleIndex(final long buckets, final long entries, final long extensions, final int pairCount)
    {
        this.buckets = buckets;
        this.entries = entries;
        this.extensions = extensions;
        this.pairCount = pairCount;
        this.maxProbes = Math.min(MAX_PROBES, 2 * pairCount);
    }

    long touchBucket(final long hash)
    {
        return OffHeap.getLong(buckets + homeOffset(hash, pairCount));
    }

    /** Looks at tags only, in the two buckets of the first pair, where nearly every flow is; or NOT_FOUND. */
    int candidate(final long hash)
    {
        final long pattern = tag(hash) * LANES;
        final long offset = homeOffset(hash, pairCount);
        long bucket = buckets + offset;
        long slots = matches(bucket, pattern);
        if (slots == 0)
        {
            if (OffHeap.getInt(bucket + PASSED_OFFSET) == 0)
            {
                return ConnectionTable.NOT_FOUND;
            }
            bucket = buckets + (offset ^ BucketDescriptor.LENGTH);
            slots = matches(bucket, pattern);
            if (slots == 0)
            {
                return ConnectionTable.NOT_FOUND;
            }
        }
        return flow(bucket, slot(slots));
    }

    long touchEntry(final int candidate)
    {
        return OffHeap.getLong(entry(Math.max(0, candidate)));
    }

    /** Asks the entry first: the extension lines of a table without IPv6 have no memory behind them. */
    long touchExtension(final int candidate)
    {
        if (candidate < 0 || (OffHeap.getUnsignedByte(entry(candidate) + FLAGS_OFFSET) & IPV6) == 0)
        {
            return 0;
        }
        return OffHeap.getLong(extensions + ((long)(candidate >>> 1) << EXTENSION_SHIFT));
    }

    /**
     * Whether a candidate is the flow, now: it may have ended since, and its place may have been taken. A slot of the
     * index has led there, so it is an entry that was written; and one that is live is in the index with its tuples,
     * but for the reply tuple of one that has none.
     */
    boolean isIpv4(final int candidate, final int protocol, final long addresses, final int ports)
    {
        if (candidate < 0)
        {
            return false;
        }
        final long entry = entry(candidate);
        final int direction = candidate & 1;
        final int mask = KIND_MASK | direction * ONE_WAY << 8;
        return OffHeap.getLong(entry + ADDRESSES_OFFSET + (direction << 3)) == addresses &&
            OffHeap.getInt(entry + PORTS_OFFSET + (direction << 2)) == ports &&
            (OffHeap.getUnsignedShort(entry + PROTOCOL_OFFSET) & mask) == (protocol | LIVE << 8);
    }

    /** Addresses and ports: source in the upper half. */
    int findIpv4(final long hash, final int protocol, final long addresses, final int ports)
    {
        final long pattern = tag(hash) * LANES;
        final int kind = protocol | LIVE << 8;
        long offset = homeOffset(hash, pairCount);
        for (int probe = 0;; probe++)
        {
            final long bucket = buckets + offset;
            for (long slots = matches(bucket, pattern); slots != 0; slots &= slots - 1)
            {
                final int flow = flow(bucket, slot(slots));
                final long entry = entry(flow);
                final int direction = flow & 1;
                if (OffHeap.getLong(entry + ADDRESSES_OFFSET + (direction << 3)) == addresses &&
                    OffHeap.getInt(entry + PORTS_OFFSET + (direction << 2)) == ports &&
                    (OffHeap.getUnsignedShort(entry + PROTOCOL_OFFSET) & KIND_MASK) == kind)
                {
                    return flow;
                }
            }
            if (OffHeap.getInt(bucket + PASSED_OFFSET) == 0 || probe + 1 == maxProbes)
            {
                return ConnectionTable.NOT_FOUND;
            }
            offset = nextOffset(offset, probe, hash, pairCount);
        }
    }

    /** Ports: source in the upper half. The hash stands in the entry line, so the second line is read by a hit only. */
    int findIpv6(
        final long hash,
        final int protocol,
        final long sourceHigh,
        final long sourceLow,
        final long destinationHigh,
        final long destinationLow,
        final int ports)
    {
        final long pattern = tag(hash) * LANES;
        final int kind = protocol | (LIVE | IPV6) << 8;
        long offset = homeOffset(hash, pairCount);
        for (int probe = 0;; probe++)
        {
            final long bucket = buckets + offset;
            for (long slots = matches(bucket, pattern); slots != 0; slots &= slots - 1)
            {
                final int flow = flow(bucket, slot(slots));
                final long index = flow >>> 1;
                final long entry = entries + (index << ENTRY_SHIFT);
                final int direction = flow & 1;
                final long ends = extensions + (index << EXTENSION_SHIFT) + (direction << 5);
                if (OffHeap.getLong(entry + ADDRESSES_OFFSET + (direction << 3)) == hash &&
                    OffHeap.getInt(entry + PORTS_OFFSET + (direction << 2)) == ports &&
                    (OffHeap.getUnsignedShort(entry + PROTOCOL_OFFSET) & KIND_MASK) == kind &&
                    OffHeap.getLong(ends) == sourceHigh && OffHeap.getLong(ends + 8) == sourceLow &&
                    OffHeap.getLong(ends + 16) == destinationHigh && OffHeap.getLong(ends + 24) == destinationLow)
                {
                    return flow;
                }
            }
            if (OffHeap.getInt(bucket + PASSED_OFFSET) == 0 || probe + 1 == maxProbes)
            {
                return ConnectionTable.NOT_FOUND;
            }
            offset = nextOffset(offset, probe, hash, pairCount);
        }
    }

    /**
     * Makes a flow findable. The tag is stored last, so a process that dies on the way leaves no slot with a wrong
     * flow, only marks of passing too many, which cost a search one more bucket and never hide anything.
     *
     * @return false, and nothing has changed, if all buckets within {@link BucketDescriptor#MAX_PROBES} are full.
     */
    boolean put(final long hash, final int flow)
    {
        long offset = homeOffset(hash, pairCount);
        int probe = 0;
        long empty = matches(buckets + offset, 0);
        while (empty == 0)
        {
            if (probe + 1 == maxProbes)
            {
                return false;
            }
            offset = nextOffset(offset, probe++, hash, pairCount);
            empty = matches(buckets + offset, 0);
        }
        countPassed(hash, probe, 1);
        final int slot = slot(empty);
        final long bucket = buckets + offset;
        OffHeap.putInt(bucket + FLOWS_OFFSET + (slot << 2), flow);
        OffHeap.putShortRelease(bucket + TAGS_OFFSET + (slot << 1), tag(hash));
        return true;
    }

    /**
     * Takes a flow out: first its tag, then the marks that it left on its way.
     *
     * @return false if the flow is not there.
     */
    boolean erase(final long hash, final int flow)
    {
        final long pattern = tag(hash) * LANES;
        long offset = homeOffset(hash, pairCount);
        for (int probe = 0; probe < maxProbes; probe++)
        {
            final long bucket = buckets + offset;
            for (long slots = matches(bucket, pattern); slots != 0; slots &= slots - 1)
            {
                final int slot = slot(slots);
                if (flow(bucket, slot) == flow)
                {
                    OffHeap.putShortRelease(bucket + TAGS_OFFSET + (slot << 1), 0);
                    // a mark taken back while the tag still stands would be taken back again after a kill
                    VarHandle.releaseFence();
                    countPassed(hash, probe, -1);
                    return true;
                }
            }
            offset = nextOffset(offset, probe, hash, pairCount);
        }
        return false;
    }

    /** Forgets all flows. */
    void clear()
    {
        OffHeap.fill(buckets, (long)pairCount * BucketDescriptor.PAIR_LENGTH, 0);
    }

    /** Slots in use, counted by looking at every bucket. */
    long countFlows()
    {
        long flows = 0;
        final long end = buckets + (long)pairCount * BucketDescriptor.PAIR_LENGTH;
        for (long bucket = buckets; bucket < end; bucket += BucketDescriptor.LENGTH)
        {
            flows += SLOTS - Long.bitCount(matches(bucket, 0));
        }
        return flows;
    }

    /** Marks of passing in all buckets. */
    long countPassed()
    {
        long passed = 0;
        final long end = buckets + (long)pairCount * BucketDescriptor.PAIR_LENGTH;
        for (long bucket = buckets; bucket < end; bucket += BucketDescriptor.LENGTH)
        {
            passed += OffHeap.getInt(bucket + PASSED_OFFSET);
        }
        return passed;
    }

    private void countPassed(final long hash, final int probes, final int change)
    {
        long offset = homeOffset(hash, pairCount);
        for (int probe = 0; probe < probes; probe++)
        {
            final long passed = buckets + offset + PASSED_OFFSET;
            OffHeap.putInt(passed, OffHeap.getInt(passed) + change);
            offset = nextOffset(offset, probe, hash, pairCount);
        }
    }

    private long entry(final int flow)
    {
        return entries + ((long)(flow >>> 1) << ENTRY_SHIFT);
    }

    private static int flow(final long bucket, final int slot)
    {
        return OffHeap.getInt(bucket + FLOWS_OFFSET + (slot << 2));
    }
}
