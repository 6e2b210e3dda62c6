package org.headrace.agent.config;

import org.headrace.protocol.IpAddress;

import java.util.HexFormat;

/** Addresses as the configuration writes them, and what they are good for. Files hold them by the hundred thousand. */
final class AddressText
{
    private static final int IPV4_BYTES = 4;
    private static final int MIN_IPV6_LENGTH = 2;
    private static final int MAX_IPV6_LENGTH = 45;
    private static final int MAX_LENGTH_DIGITS = 3;
    private static final int INVALID = -1;

    private AddressText()
    {
    }

    /** Returns null if the text is no address; host names are none. */
    static IpAddress parse(final String text)
    {
        if (text.indexOf(':') < 0)
        {
            final long ipv4 = parseIpv4(text);
            return ipv4 == INVALID ? null : IpAddress.ofIpv4((int)ipv4);
        }
        try
        {
            return isIpv6Text(text) ? IpAddress.parse(text) : null;
        }
        catch (final IllegalArgumentException _)
        {
            return null;
        }
    }

    /** Returns what stands behind the slash of a range, or -1 if that is no number of one to three digits. */
    static int parsePrefixLength(final String text)
    {
        int length = 0;
        for (int i = 0; i < text.length(); i++)
        {
            if (!isDigit(text.charAt(i)))
            {
                return INVALID;
            }
            length = length * 10 + text.charAt(i) - '0';
        }
        return text.isEmpty() || text.length() > MAX_LENGTH_DIGITS ? INVALID : length;
    }

    /** Returns what makes an address unfit for a server or a service, or null. */
    static String unfitKind(final IpAddress address)
    {
        return address.isIpv4() ? unfitIpv4Kind(address.ipv4()) : unfitIpv6Kind(address);
    }

    private static String unfitIpv4Kind(final int address)
    {
        final int first = address >>> 24;
        return address == 0 ? "the unspecified address" :
            first >>> 4 == 0xE ? "a multicast address" :
            first == 127 ? "a loopback address" :
            first == 0 || first >>> 4 == 0xF ? "a reserved address" : null;
    }

    private static String unfitIpv6Kind(final IpAddress address)
    {
        return address.isNone() ? "the unspecified address" :
            address.high() >>> 56 == 0xFF ? "a multicast address" :
            address.high() == 0 && address.low() == 1 ? "a loopback address" :
            address.high() >>> 54 == 0xFE80 >>> 6 ? "a link-local address" : null;
    }

    /** Four decimal numbers without leading zeros, which some programs take for octal ones. */
    private static long parseIpv4(final String text)
    {
        long address = 0;
        int index = 0;
        for (int i = 0; i < IPV4_BYTES; i++)
        {
            if (i > 0 && (index == text.length() || text.charAt(index++) != '.'))
            {
                return INVALID;
            }
            final int start = index;
            int number = 0;
            while (index < text.length() && isDigit(text.charAt(index)) && index - start < 3)
            {
                number = number * 10 + text.charAt(index++) - '0';
            }
            final int length = index - start;
            if (length == 0 || number > 255 || length > 1 && text.charAt(start) == '0')
            {
                return INVALID;
            }
            address = address << 8 | number;
        }
        return index == text.length() ? address : INVALID;
    }

    private static boolean isDigit(final char c)
    {
        return c >= '0' && c <= '9';
    }

    /** No zones, and nothing else that the JDK knows beyond addresses. */
    private static boolean isIpv6Text(final String text)
    {
        for (int i = 0; i < text.length(); i++)
        {
            if (!HexFormat.isHexDigit(text.charAt(i)) && text.charAt(i) != ':' && text.charAt(i) != '.')
            {
                return false;
            }
        }
        return text.length() >= MIN_IPV6_LENGTH && text.length() <= MAX_IPV6_LENGTH;
    }
}
