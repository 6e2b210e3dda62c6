package org.headrace.perf.generate;

import java.util.ArrayList;
import java.util.List;

/**
 * Lengths of frames, and how often each is sent in proportion to the others.
 *
 * @param lengths from the Ethernet header to the end of the payload, without frame check sequence.
 * @param weights of each.
 */
record PacketSizes(List<Integer> lengths, List<Integer> weights)
{
    static final int MIN_LENGTH = 64;
    static final int MAX_LENGTH = 3_000;
    private static final int MAX_WEIGHT = 10_000;
    private static final int MAX_SIZES = 8;
    /** The simple Internet mix, 7 : 4 : 1, as far as it fits an MTU of 1500. */
    private static final String IMIX = "64:7,590:4,1514:1";

    static PacketSizes parse(final String text)
    {
        final List<Integer> lengths = new ArrayList<>();
        final List<Integer> weights = new ArrayList<>();
        for (final String part : (text.equals("imix") ? IMIX : text).split(","))
        {
            final String[] pair = part.split(":", 2);
            lengths.add((int)Quantities.number(pair[0], MIN_LENGTH, MAX_LENGTH));
            weights.add(pair.length == 1 ? 1 : (int)Quantities.number(pair[1], 1, MAX_WEIGHT));
        }
        if (lengths.size() > MAX_SIZES)
        {
            throw new IllegalArgumentException("sizes=" + lengths.size() + " > " + MAX_SIZES);
        }
        return new PacketSizes(List.copyOf(lengths), List.copyOf(weights));
    }

    int longest()
    {
        return lengths.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
