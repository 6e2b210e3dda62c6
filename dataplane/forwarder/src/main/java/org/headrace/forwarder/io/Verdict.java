package org.headrace.forwarder.io;

import org.headrace.protocol.counters.DropReason;

/**
 * What becomes of a frame: an int, so that it costs nothing. Zero and above are the dispositions; a drop is the
 * complement of its reason's ordinal, and so negative.
 */
public final class Verdict
{
    /** Goes on to a server or to a client. */
    public static final int FORWARD = 0;
    /** Is the kernel's after all. */
    public static final int PASS = 1;
    /** Has become our reply and goes back where it came from. */
    public static final int ANSWER = 2;

    private Verdict()
    {
    }

    /**
     * @param reason why.
     * @return the verdict that says so.
     */
    public static int drop(final DropReason reason)
    {
        return ~reason.ordinal();
    }

    /**
     * @param verdict any.
     * @return true if the frame is dropped.
     */
    public static boolean isDrop(final int verdict)
    {
        return verdict < 0;
    }

    /**
     * @param verdict a drop.
     * @return ordinal of its {@link DropReason}.
     */
    public static int reasonOrdinal(final int verdict)
    {
        return ~verdict;
    }

    /**
     * @param verdict any.
     * @return its name for people.
     */
    public static String toString(final int verdict)
    {
        return switch (verdict)
        {
            case FORWARD -> "FORWARD";
            case PASS -> "PASS";
            case ANSWER -> "ANSWER";
            default -> "DROP " + DropReason.get(reasonOrdinal(verdict));
        };
    }
}
