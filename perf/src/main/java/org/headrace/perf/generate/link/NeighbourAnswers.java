package org.headrace.perf.generate.link;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkLong;
import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;
import static org.headrace.forwarder.linux.NativeMemory.getUnsignedByte;
import static org.headrace.forwarder.linux.NativeMemory.putByte;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkInt;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkLong;
import static org.headrace.forwarder.linux.NativeMemory.putNetworkShort;

import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.PseudoHeader;

/**
 * Answers who asks for the MAC address of an address that no kernel has: ARP (RFC 826) and neighbour solicitations
 * (RFC 4861 section 4.3).
 */
public final class NeighbourAnswers
{
    private static final int TYPE_ARP = 0x0806;
    private static final int ARP_LENGTH = 28;
    private static final int ARP_OPERATION = 6;
    private static final int ARP_SENDER_MAC = 8;
    private static final int ARP_SENDER = 14;
    private static final int ARP_TARGET_MAC = 18;
    private static final int ARP_TARGET = 24;
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;
    private static final int ICMPV6 = 58;
    private static final int SOLICITATION = 135;
    private static final int ADVERTISEMENT = 136;
    private static final int TARGET_OFFSET = 8;
    private static final int OPTION_OFFSET = 24;
    private static final int ADVERTISEMENT_LENGTH = 32;
    /** Solicited, and it replaces what was known. */
    private static final int ADVERTISEMENT_FLAGS = 0x60;
    /** Type 2, target link-layer address, of one unit of eight bytes. */
    private static final int OPTION_TARGET_MAC = 0x0201;
    private static final int HOP_LIMIT_OFFSET = 7;
    private static final int MAX_HOP_LIMIT = 255;

    private final long mac;
    private final boolean isIpv6;
    private final long high;
    private final long low;
    private final long last;

    /**
     * @param mac    the answer.
     * @param isIpv6 family of the addresses.
     * @param high   first eight bytes of an IPv6 address; 0 for IPv4.
     * @param low    of the first address.
     * @param size   how many addresses.
     */
    public NeighbourAnswers(final long mac, final boolean isIpv6, final long high, final long low, final int size)
    {
        this.mac = mac;
        this.isIpv6 = isIpv6;
        this.high = high;
        this.low = low;
        last = low + size - 1;
    }

    /**
     * @param frame       received.
     * @param lengthBytes of it.
     * @param link        to answer on.
     * @return true if it was a question for one of the addresses.
     */
    public boolean onFrame(final long frame, final int lengthBytes, final FrameLink link)
    {
        final int type = lengthBytes < Ethernet.HEADER_LENGTH ? 0 : Ethernet.type(frame);
        final long payload = frame + Ethernet.HEADER_LENGTH;
        final int length = lengthBytes - Ethernet.HEADER_LENGTH;
        if (type == TYPE_ARP && !isIpv6 && length >= ARP_LENGTH)
        {
            return onArp(payload, link);
        }
        return type == Ethernet.TYPE_IPV6 && isIpv6 && length >= Ipv6.HEADER_LENGTH + OPTION_OFFSET &&
            Ipv6.nextHeader(payload) == ICMPV6 &&
            getUnsignedByte(payload + Ipv6.HEADER_LENGTH) == SOLICITATION && onSolicitation(frame, payload, link);
    }

    private boolean isOurs(final long targetHigh, final long targetLow)
    {
        return targetHigh == high && Long.compareUnsigned(targetLow, low) >= 0 &&
            Long.compareUnsigned(targetLow, last) <= 0;
    }

    private boolean onArp(final long arp, final FrameLink link)
    {
        final int target = getNetworkInt(arp + ARP_TARGET);
        if (getNetworkShort(arp + ARP_OPERATION) != ARP_REQUEST || !isOurs(0, target & 0xFFFF_FFFFL))
        {
            return false;
        }
        final long reply = link.claim();
        if (reply != 0)
        {
            final long asker = macAt(arp + ARP_SENDER_MAC);
            ethernet(reply, asker, TYPE_ARP);
            final long body = reply + Ethernet.HEADER_LENGTH;
            // Hardware Ethernet, protocol IPv4, lengths 6 and 4.
            putNetworkLong(body, 0x0001_0800_0604_0000L | ARP_REPLY);
            putMac(body + ARP_SENDER_MAC, mac);
            putNetworkInt(body + ARP_SENDER, target);
            putMac(body + ARP_TARGET_MAC, asker);
            putNetworkInt(body + ARP_TARGET, getNetworkInt(arp + ARP_SENDER));
            link.commit(Ethernet.HEADER_LENGTH + ARP_LENGTH);
        }
        return true;
    }

    private boolean onSolicitation(final long frame, final long ip, final FrameLink link)
    {
        final long target = ip + Ipv6.HEADER_LENGTH + TARGET_OFFSET;
        final long targetHigh = getNetworkLong(target);
        final long targetLow = getNetworkLong(target + Long.BYTES);
        final boolean isDuplicateDetection = (Ipv6.sourceHigh(ip) | Ipv6.sourceLow(ip)) == 0;
        if (isDuplicateDetection || !isOurs(targetHigh, targetLow))
        {
            return false;
        }
        final long reply = link.claim();
        if (reply != 0)
        {
            ethernet(reply, Ethernet.source(frame), Ethernet.TYPE_IPV6);
            final long answer = reply + Ethernet.HEADER_LENGTH;
            Ipv6.write(answer, ADVERTISEMENT_LENGTH, ICMPV6);
            putByte(answer + HOP_LIMIT_OFFSET, MAX_HOP_LIMIT);
            Ipv6.source(answer, targetHigh, targetLow);
            Ipv6.destination(answer, Ipv6.sourceHigh(ip), Ipv6.sourceLow(ip));
            final long icmp = answer + Ipv6.HEADER_LENGTH;
            putNetworkInt(icmp, ADVERTISEMENT << 24);
            putNetworkInt(icmp + 4, ADVERTISEMENT_FLAGS << 24);
            putNetworkLong(icmp + TARGET_OFFSET, targetHigh);
            putNetworkLong(icmp + TARGET_OFFSET + Long.BYTES, targetLow);
            putNetworkShort(icmp + OPTION_OFFSET, OPTION_TARGET_MAC);
            putMac(icmp + OPTION_OFFSET + 2, mac);
            putNetworkShort(icmp + 2, PseudoHeader.ipv6Checksum(answer, ICMPV6, icmp, ADVERTISEMENT_LENGTH));
            link.commit(Ethernet.HEADER_LENGTH + Ipv6.HEADER_LENGTH + ADVERTISEMENT_LENGTH);
        }
        return true;
    }

    private void ethernet(final long frame, final long target, final int type)
    {
        Ethernet.destination(frame, target);
        Ethernet.source(frame, mac);
        Ethernet.type(frame, type);
    }

    /** Six bytes anywhere, read as those with which an Ethernet header begins. */
    private static long macAt(final long address)
    {
        return Ethernet.destination(address);
    }

    private static void putMac(final long address, final long value)
    {
        Ethernet.destination(address, value);
    }
}
