package org.headrace.protocol;

/**
 * Session persistence of a service: for how long a client goes to the same server, and what counts as one client.
 *
 * @param timeoutMs       since the client's last new connection, 0 for no persistence.
 * @param prefixLength    bits of the client's address that count, 1 to {@link IpAddress#MAX_PREFIX}; of the common
 *                        form, so that an IPv4 /24 is 120.
 * @param expireQuiescent whether a server of weight 0 loses its clients.
 */
public record Persistence(int timeoutMs, int prefixLength, boolean expireQuiescent)
{
    /** No session persistence. */
    public static final Persistence NONE = new Persistence(0, IpAddress.MAX_PREFIX, false);
    /** Shortest timeout. */
    public static final int MIN_TIMEOUT_MS = 1_000;
    /** Longest timeout: a day. */
    public static final int MAX_TIMEOUT_MS = 86_400_000;

    /** @return whether there is any. */
    public boolean isOn()
    {
        return timeoutMs != 0;
    }
}
