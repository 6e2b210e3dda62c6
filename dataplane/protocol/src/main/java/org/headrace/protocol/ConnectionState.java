package org.headrace.protocol;

import java.util.Arrays;
import java.util.Locale;

/**
 * States of a connection, in the order of the data plane's codes: the TCP states of IPVS, then the one state of
 * everything that is not TCP.
 */
public enum ConnectionState
{
    /** Nothing is known yet. */
    NONE,
    /** Both ends have agreed. */
    ESTABLISHED,
    /** The server's side sent a SYN. */
    SYN_SENT,
    /** The client's SYN was seen, nothing more from the client. */
    SYN_RECV,
    /** The server's side has closed its direction. */
    FIN_WAIT,
    /** Both directions are closed. */
    TIME_WAIT,
    /** Reset, or closed without a handshake. */
    CLOSE,
    /** The client has closed its direction. */
    CLOSE_WAIT,
    /** Waiting for the last acknowledgement. */
    LAST_ACK,
    /** Listening. */
    LISTEN,
    /** Handshake answered on the server's behalf. */
    SYNACK,
    /** Not TCP. */
    UDP;

    private static final ConnectionState[] VALUES = values();

    /** @return how many states there are. */
    public static int count()
    {
        return VALUES.length;
    }

    /** @param code 0 to {@link #count()} - 1. @return the state. */
    public static ConnectionState get(final int code)
    {
        return VALUES[code];
    }

    /**
     * @param text name of a state, in any case.
     * @return the state.
     * @throws IllegalArgumentException if there is none of that name.
     */
    public static ConnectionState parse(final String text)
    {
        final String name = text.strip().toUpperCase(Locale.ROOT);
        for (final ConnectionState state : VALUES)
        {
            if (state.name().equals(name))
            {
                return state;
            }
        }
        throw new IllegalArgumentException("state=" + text + " is unknown (allowed: " +
            String.join(", ", Arrays.stream(VALUES).map(Enum::name).toList()) + ")");
    }
}
