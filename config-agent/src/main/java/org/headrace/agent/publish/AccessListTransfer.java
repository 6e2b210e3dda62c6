package org.headrace.agent.publish;

import org.headrace.protocol.AccessRules;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.PrefixBlock;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Sends the access lists of one generation, each once, whoever has it. */
final class AccessListTransfer
{
    private static final int NOT_BEGUN = -1;

    private final List<AccessRules> lists;
    private final Map<AccessRules, Integer> numbers = new HashMap<>();
    private final PrefixBlock block = new PrefixBlock();
    private final long generation;
    private int index;
    private int sentPrefixes = NOT_BEGUN;

    AccessListTransfer(final List<AccessRules> lists, final long generation)
    {
        this.lists = lists;
        this.generation = generation;
        for (int i = 0; i < lists.size(); i++)
        {
            numbers.put(lists.get(i), i + 1);
        }
    }

    boolean isDone()
    {
        return index == lists.size();
    }

    /** Returns the number of a list that was sent. */
    int number(final AccessRules list)
    {
        return numbers.get(list);
    }

    /** Sends one message; returns whether it was taken. */
    boolean sendOne(final ControlRequestProxy proxy)
    {
        final AccessRules list = lists.get(index);
        final List<IpPrefix> prefixes = list.prefixes();
        final int next;
        final boolean isTaken;
        if (sentPrefixes == NOT_BEGUN)
        {
            next = 0;
            isTaken = proxy.accessListEntry(generation, index + 1, list.mode(), prefixes.size());
        }
        else
        {
            next = Math.min(prefixes.size(), sentPrefixes + PrefixBlock.CAPACITY);
            block.clear();
            for (final IpPrefix prefix : prefixes.subList(sentPrefixes, next))
            {
                block.add(prefix.address().high(), prefix.address().low(), prefix.lengthBits());
            }
            isTaken = proxy.accessPrefixesEntry(generation, block);
        }
        if (isTaken && next == prefixes.size())
        {
            index++;
            sentPrefixes = NOT_BEGUN;
        }
        else if (isTaken)
        {
            sentPrefixes = next;
        }
        return isTaken;
    }
}
