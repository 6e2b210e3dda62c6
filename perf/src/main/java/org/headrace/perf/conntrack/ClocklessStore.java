package org.headrace.perf.conntrack;

/** A map that knows neither time nor order: its connections are removed one by one, by whoever knows which. */
abstract class ClocklessStore implements ConnectionStore
{
    /** @param number of a connection that is there. */
    abstract void remove(long number);

    @Override
    public void remove(final long[] numbers)
    {
        for (final long number : numbers)
        {
            remove(number);
        }
    }

    @Override
    public void expire(final long oldest, final int count)
    {
        for (int i = 0; i < count; i++)
        {
            remove(oldest + i);
        }
    }

    @Override
    public void age(final int count)
    {
        // has no clock
    }
}
