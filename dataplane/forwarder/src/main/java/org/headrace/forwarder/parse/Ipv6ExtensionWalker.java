package org.headrace.forwarder.parse;

import static org.headrace.protocol.counters.DropReason.FRAGMENT;
import static org.headrace.protocol.counters.DropReason.IPV6_EXTENSION;
import static org.headrace.protocol.counters.DropReason.TRUNCATED;

import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NativeMemory;

/**
 * Steps over IPv6 extension headers (RFC 8200 section 4): hop-by-hop, routing and destination options. Results stay in
 * the object until the next walk.
 */
final class Ipv6ExtensionWalker
{
    /** Most extension headers; more is an attack on the parser (RFC 8504 section 5.3 allows such a limit). */
    static final int MAX_HEADERS = 6;

    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT_HEADER = 44;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MIN_HEADER_LENGTH = 8;

    private int protocol;
    private int lengthBytes;

    /**
     * @param first     first byte after the IPv6 header.
     * @param available bytes from there on, vouched for by the caller.
     * @param next      type of the first header.
     * @return {@link PacketParser#SOUND} or a drop verdict.
     */
    int walk(final long first, final int available, final int next)
    {
        int type = next;
        int length = 0;
        int headers = 0;
        while (type == HOP_BY_HOP || type == ROUTING || type == DESTINATION_OPTIONS)
        {
            if (available - length < MIN_HEADER_LENGTH)
            {
                return Verdict.drop(TRUNCATED);
            }
            if (++headers > MAX_HEADERS)
            {
                return Verdict.drop(IPV6_EXTENSION);
            }
            type = NativeMemory.getUnsignedByte(first + length);
            length += (NativeMemory.getUnsignedByte(first + length + 1) + 1) << 3;
            if (length > available)
            {
                return Verdict.drop(TRUNCATED);
            }
        }
        if (type == FRAGMENT_HEADER)
        {
            return Verdict.drop(FRAGMENT);
        }
        protocol = type;
        lengthBytes = length;
        return PacketParser.SOUND;
    }

    /** @return type of the header after the last extension. */
    int protocol()
    {
        return protocol;
    }

    /** @return length of all extension headers. */
    int lengthBytes()
    {
        return lengthBytes;
    }
}
