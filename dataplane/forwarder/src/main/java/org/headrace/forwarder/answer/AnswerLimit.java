package org.headrace.forwarder.answer;

/**
 * Token bucket over the ICMP errors that one worker makes, so that a flood cannot make us flood others (RFC 1812
 * section 4.3.2.8). Linux's own limit is as high.
 */
public final class AnswerLimit
{
    /** Answers per second, and most answers at once. */
    public static final int PER_SECOND = 1_000;

    private static final int MS_PER_SECOND = 1_000;

    private long tokensMs = (long)PER_SECOND * MS_PER_SECOND;
    private long lastMs;

    /**
     * @param nowMs monotonic milliseconds.
     * @return true if one more answer may go out; it is then counted.
     */
    public boolean tryTake(final long nowMs)
    {
        final long capacity = (long)PER_SECOND * MS_PER_SECOND;
        final long elapsedMs = Math.min(nowMs - lastMs, MS_PER_SECOND);
        lastMs = nowMs;
        tokensMs = Math.min(capacity, tokensMs + elapsedMs * PER_SECOND);
        if (tokensMs < MS_PER_SECOND)
        {
            return false;
        }
        tokensMs -= MS_PER_SECOND;
        return true;
    }
}
