package org.headrace.protocol;

import java.util.Locale;

/**
 * States of a connection whose idle timeout a service may set. Those of TCP that a balancer between client and server
 * sees for longer than a moment; UDP has only {@link #ESTABLISHED}.
 */
public enum TimedState
{
    /** Both ends have agreed; also a UDP flow. */
    ESTABLISHED(7 * 24 * 3_600_000),
    /** The server has sent the first SYN. */
    SYN_SENT(3_600_000),
    /** The client's SYN was seen, nothing more from the client. */
    SYN_RECV(3_600_000),
    /** The server has closed its direction. */
    FIN_WAIT(3_600_000),
    /** Both directions are closed. */
    TIME_WAIT(3_600_000),
    /** Reset. */
    CLOSE(3_600_000),
    /** The client has closed its direction. */
    CLOSE_WAIT(3_600_000),
    /** Waiting for the last acknowledgement. */
    LAST_ACK(3_600_000);

    /** Shortest timeout of every state, in milliseconds. */
    public static final int MIN_MS = 1_000;

    private final String key;
    private final int maxMs;

    TimedState(final int maxMs)
    {
        this.key = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.maxMs = maxMs;
    }

    /** @return its name in a configuration file: {@code syn-recv}. */
    public String key()
    {
        return key;
    }

    /** @return longest timeout in milliseconds. */
    public int maxMs()
    {
        return maxMs;
    }
}
