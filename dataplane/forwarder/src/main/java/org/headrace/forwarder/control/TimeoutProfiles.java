package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.LIMIT_EXCEEDED;

import org.agrona.collections.Int2IntHashMap;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;

/**
 * Numbers the different idle timeouts that services ask for; profile 0 are the defaults. A profile is never changed or
 * given up, so workers may read it at any time after the table that names it.
 */
final class TimeoutProfiles
{
    /** Longest idle timeout: a day. */
    static final int MAX_TIMEOUT_MS = 24 * 3_600_000;

    private static final int UNKNOWN = -1;

    private final IdleTimeouts timeouts;
    private final Int2IntHashMap profileByTimeoutMs = new Int2IntHashMap(UNKNOWN);

    TimeoutProfiles(final IdleTimeouts timeouts)
    {
        this.timeouts = timeouts;
    }

    /**
     * @param timeoutMs for established TCP and for UDP, 0 for the defaults.
     * @return number of the profile.
     * @throws RejectedException if there are too many different ones.
     */
    int profile(final int timeoutMs) throws RejectedException
    {
        if (timeoutMs == 0)
        {
            return 0;
        }
        final int known = profileByTimeoutMs.get(timeoutMs);
        if (known != UNKNOWN)
        {
            return known;
        }
        final int profile = profileByTimeoutMs.size() + 1;
        if (profile >= IdleTimeouts.PROFILES)
        {
            throw new RejectedException(LIMIT_EXCEEDED,
                "different idle timeouts > " + (IdleTimeouts.PROFILES - 1) + ", one more is " + timeoutMs + " ms");
        }
        timeouts.set(profile, TcpState.ESTABLISHED, timeoutMs).set(profile, TcpState.UDP, timeoutMs);
        profileByTimeoutMs.put(timeoutMs, profile);
        return profile;
    }
}
