package org.headrace.conntrack;

/** What the sequence numbers of a TCP segment say about it: results of {@link ConnectionTable#onSegment}. */
public final class Plausibility
{
    /** The segment is of this connection: it may change the connection's state. */
    public static final int BELIEVED = 0;
    /**
     * The segment may be of this connection, or of somebody who guesses: it is forwarded, because the ends know better
     * (RFC 5961 has them ask back), and it changes nothing.
     */
    public static final int DOUBTED = 1;
    /** The server has accepted a SYN that was doubted: a new connection lives in the place of this one. */
    public static final int REOPENED = 2;
    /** A reset whose sequence number no end would send: not to be forwarded. */
    public static final int FORGED = 3;

    private Plausibility()
    {
    }
}
