package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.LIMIT_EXCEEDED;

import org.agrona.collections.Int2IntHashMap;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;

import java.util.List;
import java.util.stream.IntStream;

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

    /** Numbers the profiles as a predecessor did, because its connections name them. */
    void restore(final List<int[]> rows)
    {
        for (int i = 0; i < rows.size(); i++)
        {
            final int[] row = rows.get(i);
            for (int state = 0; state < row.length; state++)
            {
                timeouts.set(i + 1, state, row[state]);
            }
            profileByTimeoutMs.put(row[TcpState.ESTABLISHED], i + 1);
        }
    }

    /** All profiles but the default's, each with its timeouts by state, in milliseconds. */
    List<int[]> rows()
    {
        return IntStream.rangeClosed(1, profileByTimeoutMs.size()).mapToObj(profile -> IntStream
            .range(0, TcpState.COUNT).map(state -> timeouts.timeoutMs(profile, state)).toArray()).toList();
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
