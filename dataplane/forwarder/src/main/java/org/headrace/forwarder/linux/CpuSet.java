package org.headrace.forwarder.linux;

import java.util.BitSet;

/** Reads and writes sets of CPUs the way the kernel prints them: {@code 0-3,8}. */
public final class CpuSet
{
    /** CPUs beyond this number cannot be named: 1024 as in {@code CPU_SETSIZE} of {@code sched.h}. */
    public static final int MAX_CPUS = 1024;

    private CpuSet()
    {
    }

    /**
     * @param list of numbers and ranges, as {@code 0-3,8}; empty for none.
     * @return the CPUs.
     * @throws IllegalArgumentException if the list is malformed.
     */
    public static BitSet parse(final String list)
    {
        final BitSet cpus = new BitSet(MAX_CPUS);
        for (final String part : list.strip().split(","))
        {
            if (!part.isBlank())
            {
                addRange(cpus, part.strip(), list);
            }
        }
        return cpus;
    }

    /**
     * @param cpus any.
     * @return numbers and ranges, as {@code 0-3,8}; empty for none.
     */
    public static String format(final BitSet cpus)
    {
        final StringBuilder text = new StringBuilder();
        int first = cpus.nextSetBit(0);
        while (first >= 0)
        {
            final int last = cpus.nextClearBit(first) - 1;
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (last > first)
            {
                text.append('-').append(last);
            }
            first = cpus.nextSetBit(last + 1);
        }
        return text.toString();
    }

    private static void addRange(final BitSet cpus, final String part, final String list)
    {
        final int dash = part.indexOf('-');
        try
        {
            final int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            final int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            if (first < 0 || last < first || last >= MAX_CPUS)
            {
                throw new IllegalArgumentException(
                    "cpus=" + list + ": range " + part + " is not within 0.." + (MAX_CPUS - 1));
            }
            cpus.set(first, last + 1);
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException("cpus=" + list + ": " + part + " is not a number or range", ex);
        }
    }
}
