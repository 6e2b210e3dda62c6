package org.headrace.protocol;

/** Canonical text of IPv6 addresses (RFC 5952): the JDK prints them without compression. */
final class Ipv6Text
{
    private static final int GROUPS = 8;

    private Ipv6Text()
    {
    }

    static String compress(final long high, final long low)
    {
        final int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++)
        {
            final long half = i < 4 ? high : low;
            groups[i] = (int)(half >>> (48 - 16 * (i & 3))) & 0xFFFF;
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++)
        {
            int length = 0;
            while (i + length < GROUPS && groups[i + length] == 0)
            {
                length++;
            }
            if (length > bestLength)
            {
                bestStart = i;
                bestLength = length;
            }
        }
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++)
        {
            if (i == bestStart)
            {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':')
            {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
