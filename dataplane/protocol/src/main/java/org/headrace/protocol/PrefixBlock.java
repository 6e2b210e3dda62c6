package org.headrace.protocol;

/** Some prefixes of an access list, as one message carries them: flat, and used again for the next message. */
public final class PrefixBlock
{
    /** Most prefixes of one message, so that it stays below {@link ControlChannel#MAX_MESSAGE_LENGTH}. */
    public static final int CAPACITY = 56;

    private final long[] high = new long[CAPACITY];
    private final long[] low = new long[CAPACITY];
    private final short[] lengthBits = new short[CAPACITY];
    private int size;

    /** Forgets all prefixes. */
    public void clear()
    {
        size = 0;
    }

    /**
     * @param newHigh       first half of the prefix's first address; IPv4 in its mapped form.
     * @param newLow        second half.
     * @param newLengthBits of the common form; not checked.
     */
    public void add(final long newHigh, final long newLow, final int newLengthBits)
    {
        high[size] = newHigh;
        low[size] = newLow;
        lengthBits[size] = (short)newLengthBits;
        size++;
    }

    /** @return prefixes in the block, at most {@link #CAPACITY}. */
    public int size()
    {
        return size;
    }

    /** @param i place in the block. @return first half of the prefix's first address. */
    public long high(final int i)
    {
        return high[i];
    }

    /** @param i place in the block. @return second half of the prefix's first address. */
    public long low(final int i)
    {
        return low[i];
    }

    /** @param i place in the block. @return length as it was sent: whatever a byte can hold. */
    public int lengthBits(final int i)
    {
        return lengthBits[i];
    }

    @Override
    public String toString()
    {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < size; i++)
        {
            text.append(i == 0 ? "" : " ").append(new IpAddress(high[i], low[i])).append('/').append(lengthBits[i]);
        }
        return text.toString();
    }
}
