package org.headrace.perf.generate;

/**
 * How many.
 *
 * @param value 0 to {@link #MAX}.
 */
record Count(long value)
{
    static final long MAX = 1_000_000_000_000L;

    static Count parse(final String text)
    {
        return new Count(Quantities.number(text, 0, MAX));
    }

    /** Returns the value if it is in the range, as an int. */
    int within(final String name, final int min, final int max)
    {
        if (value < min || value > max)
        {
            throw new IllegalArgumentException(name + "=" + value + " (expected: " + min + ".." + max + ")");
        }
        return (int)value;
    }

    @Override
    public String toString()
    {
        return Long.toString(value);
    }
}
