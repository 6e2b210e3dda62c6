package org.headrace.perf.generate.host;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address with a port.
 *
 * @param address IPv4 or IPv6.
 * @param port    1 to 65535.
 */
public record Endpoint(InetAddress address, int port)
{
    private static final Pattern SYNTAX = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9.]+)):([0-9]{1,5})");

    /**
     * @param text {@code 10.99.0.1:80} or {@code [fd00:99::1]:80}.
     * @return what it says.
     * @throws IllegalArgumentException when it says something else; names are not looked up.
     */
    public static Endpoint parse(final String text)
    {
        final Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches())
        {
            throw new IllegalArgumentException(
                "'" + text + "' is no address with a port (as in 10.99.0.1:80, [fd00:99::1]:80)");
        }
        final int port = Integer.parseInt(matcher.group(3));
        if (port < 1 || port > 0xFFFF)
        {
            throw new IllegalArgumentException("'" + text + "' has port=" + port + " (expected: 1..65535)");
        }
        return new Endpoint(InetAddress.ofLiteral(matcher.group(matcher.group(1) != null ? 1 : 2)), port);
    }

    /** @return true for IPv6. */
    public boolean isIpv6()
    {
        return address.getAddress().length > 4;
    }

    /** @return the same for the JDK's sockets. */
    public InetSocketAddress toSocketAddress()
    {
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString()
    {
        return (isIpv6() ? "[" + address.getHostAddress() + "]" : address.getHostAddress()) + ":" + port;
    }
}
