package org.headrace.agent.config.yaml;

/** Gives the same string for the same characters, most of the time: a configuration says the same again and again. */
final class StringPool
{
    private static final int SLOTS = 4_096;
    private static final int MAX_LENGTH = 64;
    private static final int FACTOR = 31;

    private final String[] strings = new String[SLOTS];

    /** Returns the characters from {@code start} to before {@code end}. */
    String get(final char[] text, final int start, final int end)
    {
        final int length = end - start;
        if (length > MAX_LENGTH)
        {
            return new String(text, start, length);
        }
        int hash = length;
        for (int i = start; i < end; i++)
        {
            hash = hash * FACTOR + text[i];
        }
        final int slot = (hash ^ hash >>> 12) & SLOTS - 1;
        final String known = strings[slot];
        if (known != null && isEqual(known, text, start, length))
        {
            return known;
        }
        strings[slot] = new String(text, start, length);
        return strings[slot];
    }

    private static boolean isEqual(final String string, final char[] text, final int start, final int length)
    {
        if (string.length() != length)
        {
            return false;
        }
        for (int i = 0; i < length; i++)
        {
            if (string.charAt(i) != text[start + i])
            {
                return false;
            }
        }
        return true;
    }
}
