package org.headrace.forwarder.control;

import static org.headrace.protocol.codec.ResultCode.LIMIT_EXCEEDED;

import org.headrace.conntrack.IdleTimeouts;
import org.headrace.conntrack.TcpState;
import org.headrace.protocol.StateTimeouts;
import org.headrace.protocol.TimedState;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Numbers the different sets of idle timeouts that services ask for; profile 0 are the defaults. A profile is never
 * changed or given up, so workers may read it at any time after the table that names it.
 */
final class TimeoutProfiles
{
    private static final int DEFAULTS = 0;

    private final IdleTimeouts timeouts;
    private final Map<List<Integer>, Integer> profileByRow = new HashMap<>();

    TimeoutProfiles(final IdleTimeouts timeouts)
    {
        this.timeouts = timeouts;
    }

    /** Says which timeout is out of range, or null. */
    static String problem(final StateTimeouts wanted)
    {
        for (final TimedState state : TimedState.values())
        {
            final long ms = wanted.ms(state);
            if (ms != 0 && (ms < TimedState.MIN_MS || ms > state.maxMs()))
            {
                return state.key() + " timeoutMs=" + ms + " is outside " + TimedState.MIN_MS + ".." + state.maxMs();
            }
        }
        return null;
    }

    /** Numbers the profiles as a predecessor did, because its connections name them. */
    void restore(final List<int[]> rows)
    {
        for (int i = 0; i < rows.size(); i++)
        {
            put(i + 1, rows.get(i));
        }
    }

    /** All profiles but the default's, each with its timeouts by state, in milliseconds. */
    List<int[]> rows()
    {
        return IntStream.rangeClosed(1, profileByRow.size()).mapToObj(this::row).toList();
    }

    /**
     * @param wanted by a service, in range.
     * @return number of the profile.
     * @throws RejectedException if there are too many different ones.
     */
    int profile(final StateTimeouts wanted) throws RejectedException
    {
        final int[] row = row(DEFAULTS);
        for (final TimedState state : TimedState.values())
        {
            if (wanted.ms(state) != 0)
            {
                row[tcpState(state)] = (int)wanted.ms(state);
            }
        }
        if (wanted.ms(TimedState.ESTABLISHED) != 0)
        {
            row[TcpState.UDP] = (int)wanted.ms(TimedState.ESTABLISHED);
        }
        final Integer known = Arrays.equals(row, row(DEFAULTS)) ? (Integer)DEFAULTS : profileByRow.get(asList(row));
        if (known != null)
        {
            return known;
        }
        final int profile = profileByRow.size() + 1;
        if (profile >= IdleTimeouts.PROFILES)
        {
            throw new RejectedException(LIMIT_EXCEEDED,
                "different sets of idle timeouts > " + (IdleTimeouts.PROFILES - 1) + ", one more is " + wanted);
        }
        put(profile, row);
        return profile;
    }

    private void put(final int profile, final int[] row)
    {
        for (int state = 0; state < row.length; state++)
        {
            timeouts.set(profile, state, row[state]);
        }
        profileByRow.put(asList(row), profile);
    }

    private int[] row(final int profile)
    {
        return IntStream.range(0, TcpState.COUNT).map(state -> timeouts.timeoutMs(profile, state)).toArray();
    }

    private static List<Integer> asList(final int[] row)
    {
        return Arrays.stream(row).boxed().toList();
    }

    private static int tcpState(final TimedState state)
    {
        return switch (state)
        {
            case ESTABLISHED -> TcpState.ESTABLISHED;
            case SYN_SENT -> TcpState.SYN_SENT;
            case SYN_RECV -> TcpState.SYN_RECV;
            case FIN_WAIT -> TcpState.FIN_WAIT;
            case TIME_WAIT -> TcpState.TIME_WAIT;
            case CLOSE -> TcpState.CLOSE;
            case CLOSE_WAIT -> TcpState.CLOSE_WAIT;
            case LAST_ACK -> TcpState.LAST_ACK;
        };
    }
}
