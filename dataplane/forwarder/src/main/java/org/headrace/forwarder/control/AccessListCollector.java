package org.headrace.forwarder.control;

import org.headrace.forwarder.guard.AccessList;
import org.headrace.forwarder.guard.AccessListBuilder;
import org.headrace.protocol.AccessRules;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.PrefixBlock;
import org.headrace.protocol.codec.AccessMode;

import java.util.ArrayList;
import java.util.List;

/** The access lists of a generation that is being received. Every method says what is wrong, or null. */
final class AccessListCollector
{
    private final List<AccessList> lists = new ArrayList<>();
    private AccessListBuilder last;
    private int lastCount;
    private long allCount;

    String begin(final int number, final AccessMode mode, final int prefixCount)
    {
        final String problem = endLast();
        if (problem != null)
        {
            return problem;
        }
        if (number != lists.size() + 1 || number > AccessRules.MAX_LISTS)
        {
            return "access list=" + number + " (expected " + (lists.size() + 1) + ", at most " +
                AccessRules.MAX_LISTS + ")";
        }
        allCount += prefixCount;
        if (allCount > AccessRules.MAX_PREFIXES)
        {
            return "prefixes of access lists=" + allCount + " > MAX_PREFIXES=" + AccessRules.MAX_PREFIXES;
        }
        last = new AccessListBuilder(mode == AccessMode.ALLOW);
        lastCount = prefixCount;
        return null;
    }

    String add(final PrefixBlock block)
    {
        if (last == null || last.size() + block.size() > lastCount)
        {
            return "prefixes of access list=" + (lists.size() + 1) + " > prefixCount=" + (last == null ? 0 : lastCount);
        }
        for (int i = 0; i < block.size(); i++)
        {
            final String problem = last.add(block.high(i), block.low(i), block.lengthBits(i));
            if (problem != null)
            {
                return "prefix=" + new IpAddress(block.high(i), block.low(i)) + " of access list=" +
                    (lists.size() + 1) + ": " + problem;
            }
        }
        return null;
    }

    /** No more prefixes of the list that was begun last will come. */
    String endLast()
    {
        if (last != null && last.size() != lastCount)
        {
            return "prefixes of access list=" + (lists.size() + 1) + ": " + last.size() + " < prefixCount=" + lastCount;
        }
        if (last != null)
        {
            lists.add(last.build());
            last = null;
        }
        return null;
    }

    boolean has(final int number)
    {
        return number >= 1 && number <= lists.size();
    }

    AccessList list(final int number)
    {
        return lists.get(number - 1);
    }
}
