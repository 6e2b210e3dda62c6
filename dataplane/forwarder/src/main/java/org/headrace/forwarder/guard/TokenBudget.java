package org.headrace.forwarder.guard;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket as a budget that grows: how many connections may have been opened by now. It grows by the rate, and
 * is never more than one second's worth above what was opened; so in T seconds at most rate x (T + 1) are opened. It
 * starts full. Conductor's thread only.
 */
public final class TokenBudget
{
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private long tokens;
    private long remainder;
    private long lastNs;

    /**
     * @param opened connections so far.
     * @param rate   tokens for each second, and the depth of the bucket.
     * @param nowNs  monotonic nanoseconds.
     */
    public TokenBudget(final long opened, final int rate, final long nowNs)
    {
        tokens = opened + rate;
        lastNs = nowNs;
    }

    /**
     * @param rate   tokens for each second, 1 to 2^31 - 1; may change from call to call.
     * @param opened connections so far.
     * @param nowNs  monotonic nanoseconds.
     * @return connections that may have been opened by now.
     */
    public long grow(final int rate, final long opened, final long nowNs)
    {
        final long elapsedNs = Math.max(0, Math.min(SECOND_NS, nowNs - lastNs));
        lastNs = nowNs;
        remainder += elapsedNs * rate;
        tokens = Math.min(tokens + remainder / SECOND_NS, opened + rate);
        remainder %= SECOND_NS;
        return tokens;
    }
}
