package org.headrace.protocol;

/**
 * One connection to be reported, as numbers: so that a data plane that reports ten million makes no object for any of
 * them. Addresses are in the form of {@link IpAddress}, an end that there is not is all zero.
 */
public interface ConnectionView
{
    /** @return IP protocol number. */
    int transportNumber();

    /** @return first half of the client's address. */
    long clientHigh();

    /** @return second half of the client's address. */
    long clientLow();

    /** @return port of the client. */
    int clientPort();

    /** @return first half of the address that the client talks to. */
    long virtualHigh();

    /** @return second half of the address that the client talks to. */
    long virtualLow();

    /** @return port that the client talks to. */
    int virtualPort();

    /** @return first half of our address towards the server. */
    long localHigh();

    /** @return second half of our address towards the server. */
    long localLow();

    /** @return our port towards the server. */
    int localPort();

    /** @return first half of the server's address. */
    long serverHigh();

    /** @return second half of the server's address. */
    long serverLow();

    /** @return port of the server. */
    int serverPort();

    /** @return code of a {@link ConnectionState}. */
    int stateCode();

    /** @return number of the worker that owns the connection. */
    int worker();

    /** @return milliseconds since its last packet. */
    long idleMs();

    /** @return milliseconds until it expires if no packet comes. */
    long expiresMs();

    /** @return packets from the client. */
    long inPackets();

    /** @return packets to the client. */
    long outPackets();

    /** @return bytes from the client. */
    long inBytes();

    /** @return bytes to the client. */
    long outBytes();
}
