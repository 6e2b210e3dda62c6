package org.headrace.perf.generate;

/**
 * How many per second.
 *
 * @param perSecond 1 to {@link #MAX}, or {@link #UNLIMITED}.
 */
record Rate(long perSecond)
{
    static final long MAX = 1_000_000_000L;
    static final long UNLIMITED = Long.MAX_VALUE;

    static Rate parse(final String text)
    {
        return new Rate(text.equals("max") ? UNLIMITED : Quantities.number(text, 1, MAX));
    }

    boolean isUnlimited()
    {
        return perSecond == UNLIMITED;
    }

    @Override
    public String toString()
    {
        return isUnlimited() ? "max" : Quantities.perSecond(perSecond);
    }
}
