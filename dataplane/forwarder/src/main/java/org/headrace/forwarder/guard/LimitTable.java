package org.headrace.forwarder.guard;

import java.util.Arrays;
import java.util.List;

/** Which service is subject to which limits, in one generation: immutable, a part of the forwarding table. */
public final class LimitTable
{
    /** The service is not subject to another limit. */
    public static final int NO_LIMIT = -1;
    /** Nobody is limited. */
    public static final LimitTable EMPTY = new LimitTable(0, List.of());

    private final long generation;
    private final List<Limit> limits;
    private final int[] first;
    private final int[] second;

    /**
     * One limit.
     *
     * @param slot     of the limit.
     * @param since    generation that gave it the slot.
     * @param services slots of the services that share it.
     */
    public record Limit(int slot, long since, int[] services)
    {
    }

    /**
     * @param generation number of the generation.
     * @param limits     all of them; no service is in more than two.
     */
    public LimitTable(final long generation, final List<Limit> limits)
    {
        this.generation = generation;
        this.limits = List.copyOf(limits);
        final int slots = limits.stream().flatMapToInt(limit -> Arrays.stream(limit.services())).max().orElse(-1) + 1;
        first = new int[slots];
        second = new int[slots];
        Arrays.fill(first, NO_LIMIT);
        Arrays.fill(second, NO_LIMIT);
        for (final Limit limit : limits)
        {
            for (final int service : limit.services())
            {
                (first[service] == NO_LIMIT ? first : second)[service] = limit.slot();
            }
        }
    }

    /** @return number of the generation. */
    public long generation()
    {
        return generation;
    }

    List<Limit> limits()
    {
        return limits;
    }

    int first(final int service)
    {
        return service < first.length ? first[service] : NO_LIMIT;
    }

    int second(final int service)
    {
        return service < second.length ? second[service] : NO_LIMIT;
    }
}
