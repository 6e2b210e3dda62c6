package org.headrace.perf.pipeline;

import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.guard.AccessListBuilder;
import org.headrace.protocol.IpAddress;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Networks among the clients' that none of the clients is in. */
final class DenyList
{
    private static final int PREFIXES = 10_000;
    private static final int PREFIX_LENGTH = 28;
    private static final int NETWORK = 0x0A00_0000;
    private static final int NETWORK_BITS = 24;

    private DenyList()
    {
    }

    /** @param flows that there will be. @return a list of ten thousand prefixes that denies none of them. */
    static AccessList besides(final int flows)
    {
        final int hostBits = Integer.SIZE - PREFIX_LENGTH;
        final Set<Integer> taken = new HashSet<>();
        for (long flow = 0; flow < flows; flow += FlowKind.FLOWS_OF_CLIENT)
        {
            taken.add(FlowKind.client(flow) >>> hostBits);
        }
        final SortedSet<Integer> denied = new TreeSet<>();
        final Random random = new Random(1);
        while (denied.size() < PREFIXES)
        {
            final int prefix = (NETWORK | random.nextInt(1 << NETWORK_BITS)) >>> hostBits;
            if (!taken.contains(prefix))
            {
                denied.add(prefix);
            }
        }
        final AccessListBuilder builder = new AccessListBuilder(false);
        for (final int prefix : denied)
        {
            final String problem = builder.add(
                0, IpAddress.mappedLow(prefix << hostBits), IpAddress.IPV4_PREFIX_OFFSET + PREFIX_LENGTH);
            if (problem != null)
            {
                throw new IllegalStateException(problem);
            }
        }
        return builder.build();
    }
}
