package org.headrace.forwarder;

import org.agrona.collections.Hashing;

/**
 * Next hops that packets of clients came from, numbered, so that a connection remembers its way back in 16 bits. There
 * are as many as there are routers and directly attached clients; one is never forgotten. Owned by one worker.
 */
final class ClientNextHops
{
    /** Most next hops. */
    static final int CAPACITY = 65_536;
    /** No room for one more. */
    static final int FULL = -1;

    private static final int HASH_LENGTH = CAPACITY * 2;
    private static final int MASK = HASH_LENGTH - 1;

    private final long[] hops = new long[CAPACITY];
    private final int[] numberPlusOneByHash = new int[HASH_LENGTH];
    private int size;

    /** @param number of the next hop. @return see {@link org.headrace.forwarder.table.NextHop}. */
    long get(final int number)
    {
        return hops[number];
    }

    /** @param hop resolved next hop. @return its number, or {@link #FULL}. */
    int number(final long hop)
    {
        int i = Hashing.hash(hop) & MASK;
        while (numberPlusOneByHash[i] != 0)
        {
            final int number = numberPlusOneByHash[i] - 1;
            if (hops[number] == hop)
            {
                return number;
            }
            i = (i + 1) & MASK;
        }
        if (size == CAPACITY)
        {
            return FULL;
        }
        hops[size] = hop;
        numberPlusOneByHash[i] = size + 1;
        return size++;
    }
}
