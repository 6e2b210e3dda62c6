package org.headrace.conntrack;

/**
 * States of a connection. The first eleven are the TCP states in the order of IPVS; connections of other protocols
 * have the one state {@link #UDP}.
 */
public final class TcpState
{
    /** Nothing is known yet. */
    public static final int NONE = 0;
    /** Both ends have agreed. */
    public static final int ESTABLISHED = 1;
    /** The server's side sent a SYN. */
    public static final int SYN_SENT = 2;
    /** The client's SYN was seen, nothing more from the client. */
    public static final int SYN_RECV = 3;
    /** The server's side has closed its direction. */
    public static final int FIN_WAIT = 4;
    /** Both directions are closed. */
    public static final int TIME_WAIT = 5;
    /** Reset, or closed without a handshake. */
    public static final int CLOSE = 6;
    /** The client has closed its direction. */
    public static final int CLOSE_WAIT = 7;
    /** Waiting for the last acknowledgement. */
    public static final int LAST_ACK = 8;
    /** Listening. */
    public static final int LISTEN = 9;
    /** Handshake answered on the server's behalf. */
    public static final int SYNACK = 10;
    /** Not TCP: no handshake, no end, only idleness. */
    public static final int UDP = 11;
    /** How many states there are. */
    public static final int COUNT = 12;

    private static final String[] NAMES = {"NONE", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT", "TIME_WAIT",
        "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "SYNACK", "UDP"};

    private TcpState()
    {
    }

    /**
     * @param state 0 to 11.
     * @return its name as {@code ipvsadm} and the pages of this product print it.
     */
    public static String name(final int state)
    {
        return state >= 0 && state < COUNT ? NAMES[state] : "state=" + state;
    }
}
