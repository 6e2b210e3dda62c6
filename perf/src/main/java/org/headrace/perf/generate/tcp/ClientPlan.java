package org.headrace.perf.generate.tcp;

import java.util.concurrent.TimeUnit;

/**
 * What clients do, and from where.
 *
 * @param isIpv6        family of all addresses.
 * @param sourceMac     of the interface.
 * @param nextHopMac    of whom the frames go to.
 * @param sourceHigh    first eight bytes of the clients' IPv6 addresses; 0 for IPv4.
 * @param sourceLow     of the clients' first address.
 * @param addresses     how many of them there are, a power of two.
 * @param firstPort     of each address.
 * @param slots         pairs of address and port that are used, the most connections at a time.
 * @param targetHigh    first eight bytes of the target; 0 for IPv4.
 * @param targetLow     of the target.
 * @param targetPort    of the target.
 * @param request       that each connection sends when it stands, or nothing.
 * @param responseBytes that it then waits for; 0 for an acknowledgement only.
 * @param holdNs        how long it stays after that; {@link #FOREVER} until {@link TcpClients#endHolds}.
 * @param isReset       whether it ends by RST instead of FIN.
 * @param timeoutNs     before the first repetition of what is not answered; it doubles each time.
 * @param attempts      how often a segment is sent at most, 1 to {@link #MAX_ATTEMPTS}.
 * @param seed          of the sequence numbers.
 */
public record ClientPlan(
    boolean isIpv6,
    long sourceMac,
    long nextHopMac,
    long sourceHigh,
    long sourceLow,
    int addresses,
    int firstPort,
    int slots,
    long targetHigh,
    long targetLow,
    int targetPort,
    Payload request,
    int responseBytes,
    long holdNs,
    boolean isReset,
    long timeoutNs,
    int attempts,
    int seed)
{
    /** Connections stay until they are told to go. */
    public static final long FOREVER = Long.MAX_VALUE;
    /** Most attempts. */
    public static final int MAX_ATTEMPTS = 10;
    /** A second, as RFC 6298 section 2 wants it. */
    public static final long DEFAULT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    private static final int PORTS = 1 << 16;

    /** Checks what a command line could have got wrong. */
    public ClientPlan
    {
        final long most = (long)addresses * (PORTS - firstPort);
        if (slots < 1 || slots > most)
        {
            throw new IllegalArgumentException("connections=" + slots + " (expected: 1.." + most + ", which is " +
                addresses + " addresses with " + (PORTS - firstPort) + " ports each)");
        }
        if (attempts < 1 || attempts > MAX_ATTEMPTS)
        {
            throw new IllegalArgumentException("attempts=" + attempts + " (expected: 1.." + MAX_ATTEMPTS + ")");
        }
    }

    /** @return length of the longest frame that clients of this plan send. */
    public int longestFrame()
    {
        return Segment.frameLength(isIpv6, request.length());
    }

    /** @param slot connection. @return which of the addresses it has. */
    int addressIndex(final int slot)
    {
        return slot & addresses - 1;
    }

    int port(final int slot)
    {
        return firstPort + slot / addresses;
    }

    /** Returns the connection between a client's end and the target; below 0 if there is none. */
    int slot(final long high, final long low, final int port)
    {
        final long index = low - sourceLow;
        if (high != sourceHigh || index < 0 || index >= addresses || port < firstPort)
        {
            return ConnectionSlots.NONE;
        }
        final long slot = (long)(port - firstPort) * addresses + index;
        return slot < slots ? (int)slot : ConnectionSlots.NONE;
    }
}
