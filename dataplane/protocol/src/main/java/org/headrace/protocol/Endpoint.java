package org.headrace.protocol;

/**
 * Address and port of a service or a server.
 *
 * @param address of either family.
 * @param port    0 to 65535; 0 stands for "none".
 */
public record Endpoint(IpAddress address, int port)
{
    /** No endpoint: address {@code ::}, port 0. */
    public static final Endpoint NONE = new Endpoint(IpAddress.NONE, 0);

    /** Highest port number. */
    public static final int MAX_PORT = 65_535;

    public Endpoint
    {
        if (port < 0 || port > MAX_PORT)
        {
            throw new IllegalArgumentException("port=" + port + " is outside 0.." + MAX_PORT);
        }
    }

    /**
     * @param text {@code 10.2.1.2:8080} or {@code [fd00::2]:8080}.
     * @return the endpoint.
     * @throws IllegalArgumentException if the text is neither.
     */
    public static Endpoint parse(final String text)
    {
        final int colon = text.lastIndexOf(':');
        final boolean isBracketed = text.startsWith("[") && colon > 0 && text.charAt(colon - 1) == ']';
        final boolean isPlain = colon > 0 && text.indexOf(':') == colon;
        if (!isBracketed && !isPlain)
        {
            throw new IllegalArgumentException("endpoint=" + text + " is not ADDRESS:PORT or [ADDRESS]:PORT");
        }
        final String address = isBracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
        final String port = text.substring(colon + 1);
        try
        {
            return new Endpoint(IpAddress.parse(address), Integer.parseInt(port));
        }
        catch (final NumberFormatException ex)
        {
            throw new IllegalArgumentException("port=" + port + " is not a number in 0.." + MAX_PORT, ex);
        }
    }

    /**
     * @return {@code 10.2.1.2:8080} or {@code [fd00::2]:8080}.
     */
    @Override
    public String toString()
    {
        return address.isIpv4() ? address + ":" + port : "[" + address + "]:" + port;
    }

    @Override
    public boolean equals(final Object other)
    {
        return other instanceof final Endpoint that && port == that.port && address.equals(that.address);
    }

    @Override
    public int hashCode()
    {
        return 31 * address.hashCode() + port;
    }
}
