package org.headrace.conntrack;

import java.util.Arrays;

/**
 * How long a connection may be idle in each state, by profile. A service with timeouts of its own has a profile of
 * its own; profile 0 holds the defaults: those of IPVS, established TCP 900 s, UDP 300 s.
 *
 * <p>Belongs to the thread that writes the table. A changed timeout counts for connections inserted, or changing
 * state, afterwards at once; one that waits for a longer timeout is looked at when that one ends, or after 17
 * minutes.
 */
public final class IdleTimeouts
{
    /** Profiles are numbered 0 to 255. */
    public static final int PROFILES = 256;
    /** Longest timeout: about 12 days, so that differences of 32-bit milliseconds stay unambiguous. */
    public static final int MAX_TIMEOUT_MS = 1 << 30;

    private static final int STATES = 16;
    private final int[] timeoutsMs = new int[PROFILES * STATES];

    /** Every profile starts with the defaults. */
    public IdleTimeouts()
    {
        Arrays.fill(timeoutsMs, 2_000);
        for (int profile = 0; profile < PROFILES; profile++)
        {
            set(profile, TcpState.NONE, 2_000);
            set(profile, TcpState.ESTABLISHED, 900_000);
            set(profile, TcpState.SYN_SENT, 120_000);
            set(profile, TcpState.SYN_RECV, 60_000);
            set(profile, TcpState.FIN_WAIT, 120_000);
            set(profile, TcpState.TIME_WAIT, 120_000);
            set(profile, TcpState.CLOSE, 10_000);
            set(profile, TcpState.CLOSE_WAIT, 60_000);
            set(profile, TcpState.LAST_ACK, 30_000);
            set(profile, TcpState.LISTEN, 120_000);
            set(profile, TcpState.SYNACK, 120_000);
            set(profile, TcpState.UDP, 300_000);
        }
    }

    /**
     * @param profile   0 to 255.
     * @param state     one of {@link TcpState}.
     * @param timeoutMs 1 to {@link #MAX_TIMEOUT_MS}.
     * @return this.
     */
    public IdleTimeouts set(final int profile, final int state, final int timeoutMs)
    {
        if (profile < 0 || profile >= PROFILES)
        {
            throw new IllegalArgumentException("profile: " + profile + " (expected: 0 to " + (PROFILES - 1) + ")");
        }
        if (state < 0 || state >= TcpState.COUNT)
        {
            throw new IllegalArgumentException("state: " + state + " (expected: 0 to " + (TcpState.COUNT - 1) + ")");
        }
        if (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)
        {
            throw new IllegalArgumentException("timeoutMs: " + timeoutMs + " (expected: 1 to " + MAX_TIMEOUT_MS + ")");
        }
        timeoutsMs[profile * STATES + state] = timeoutMs;
        return this;
    }

    /**
     * @param profile 0 to 255.
     * @param state   one of {@link TcpState}.
     * @return milliseconds without a packet after which the connection goes.
     */
    public int timeoutMs(final int profile, final int state)
    {
        return timeoutsMs[profile * STATES + state];
    }
}
