package org.headrace.protocol;

import org.headrace.protocol.codec.Transport;

import java.util.Locale;

/**
 * What identifies a service: transport, virtual address and port.
 *
 * @param transport TCP or UDP.
 * @param virtual   where clients connect.
 */
public record ServiceKey(Transport transport, Endpoint virtual)
{
    /**
     * @param text {@code tcp/10.99.0.1:80} or {@code udp/[fd00::1]:53}.
     * @return the key.
     * @throws IllegalArgumentException if the text has another form.
     */
    public static ServiceKey parse(final String text)
    {
        final int slash = text.indexOf('/');
        final String transport = slash < 0 ? "" : text.substring(0, slash).toLowerCase(Locale.ROOT);
        return switch (transport)
        {
            case "tcp" -> new ServiceKey(Transport.TCP, Endpoint.parse(text.substring(slash + 1)));
            case "udp" -> new ServiceKey(Transport.UDP, Endpoint.parse(text.substring(slash + 1)));
            default -> throw new IllegalArgumentException(
                "service=" + text + " is not tcp/ADDRESS:PORT or udp/ADDRESS:PORT");
        };
    }

    /**
     * @return {@code tcp/10.99.0.1:80}.
     */
    @Override
    public String toString()
    {
        return transport.name().toLowerCase(Locale.ROOT) + "/" + virtual;
    }

    @Override
    public boolean equals(final Object other)
    {
        return other instanceof final ServiceKey that && transport == that.transport && virtual.equals(that.virtual);
    }

    @Override
    public int hashCode()
    {
        return 31 * transport.hashCode() + virtual.hashCode();
    }
}
