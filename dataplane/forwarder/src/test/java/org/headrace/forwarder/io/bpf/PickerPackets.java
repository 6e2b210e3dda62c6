package org.headrace.forwarder.io.bpf;

import static org.headrace.forwarder.io.TestFrames.ICMP;
import static org.headrace.forwarder.io.TestFrames.ICMPV6;
import static org.headrace.forwarder.io.TestFrames.TCP;
import static org.headrace.forwarder.io.TestFrames.UDP;
import static org.headrace.forwarder.io.TestFrames.concat;
import static org.headrace.forwarder.io.TestFrames.cut;
import static org.headrace.forwarder.io.TestFrames.ethernet;
import static org.headrace.forwarder.io.TestFrames.extension;
import static org.headrace.forwarder.io.TestFrames.fragmentHeader;
import static org.headrace.forwarder.io.TestFrames.hex;
import static org.headrace.forwarder.io.TestFrames.icmp;
import static org.headrace.forwarder.io.TestFrames.ipv4;
import static org.headrace.forwarder.io.TestFrames.ipv6;
import static org.headrace.forwarder.io.TestFrames.tcp;
import static org.headrace.forwarder.io.TestFrames.udp;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.headrace.protocol.IpAddress;
import org.junit.jupiter.params.provider.Arguments;

import java.util.ArrayList;
import java.util.List;

/** Golden packets for the picker's decision, and the tables that they are judged by. */
final class PickerPackets
{
    static final int IPV4 = 0x0800;
    static final int IPV6 = 0x86DD;
    static final int MORE = 0x2000;

    static final String CLIENT = "192.0.2.7";
    static final String VIP = "198.51.100.1";
    static final String SERVER = "10.0.0.9";
    static final String SELF = "10.0.0.1";
    static final String CLIENT6 = "2001:db8::7";
    static final String VIP6 = "2001:db8:1::1";
    static final String SERVER6 = "fd00::9";
    static final String SELF6 = "fd00::1";

    private PickerPackets()
    {
    }

    /** @param maps to fill with a service, a server and an address of this host of each family. */
    static void fill(final PickerMaps maps)
    {
        for (final int transport : new int[]{TCP, UDP})
        {
            put(maps.services(), transport, VIP, 80);
            put(maps.services(), transport, VIP6, 80);
            put(maps.servers(), transport, SERVER, 8080);
            put(maps.servers(), transport, SERVER6, 8080);
        }
        put(maps.services(), TCP, VIP, 443);
        for (final String self : new String[]{SELF, SELF6})
        {
            final IpAddress address = IpAddress.parse(self);
            maps.locals().put(EndpointKeyDescriptor.address(address.high(), address.low()), new byte[4]);
        }
    }

    private static void put(final BpfMap map, final int transport, final String text, final int port)
    {
        final IpAddress address = IpAddress.parse(text);
        map.put(EndpointKeyDescriptor.endpoint(transport, address.high(), address.low(), port), new byte[4]);
    }

    /** @return {description, frame, ours?}. */
    static List<Arguments> golden()
    {
        final List<Arguments> all = new ArrayList<>();
        addPlain(all);
        addErrors(all);
        addMalformed(all);
        return all;
    }

    private static void addPlain(final List<Arguments> all)
    {
        all.add(arguments("TCP to service", v4(CLIENT, VIP, TCP, tcp(1000, 80)), true));
        all.add(arguments("UDP to service", v4(CLIENT, VIP, UDP, udp(1000, 80, new byte[9])), true));
        all.add(arguments("TCP only service", v4(CLIENT, VIP, TCP, tcp(1000, 443)), true));
        all.add(arguments("UDP where only TCP is served", v4(CLIENT, VIP, UDP, udp(1000, 443, new byte[9])), false));
        all.add(arguments("other port of the service", v4(CLIENT, VIP, TCP, tcp(1000, 81)), false));
        all.add(arguments("service's port at another address", v4(CLIENT, SELF, TCP, tcp(1000, 80)), false));
        all.add(arguments("server to client", v4(SERVER, CLIENT, TCP, tcp(8080, 1000)), true));
        all.add(arguments("server's other port to client", v4(SERVER, CLIENT, TCP, tcp(22, 1000)), false));
        all.add(arguments("server to this host (health check)", v4(SERVER, SELF, TCP, tcp(8080, 1000)), false));
        all.add(arguments("server as a client of the service", v4(SERVER, VIP, TCP, tcp(1000, 80)), true));
        all.add(arguments("client to server, not by the service", v4(CLIENT, SERVER, TCP, tcp(1000, 8080)), false));
        all.add(arguments("TCP to IPv6 service", v6(CLIENT6, VIP6, TCP, tcp(1000, 80)), true));
        all.add(arguments("IPv6 server to client", v6(SERVER6, CLIENT6, UDP, udp(8080, 1, new byte[1])), true));
        all.add(arguments("IPv6 server to this host", v6(SERVER6, SELF6, UDP, udp(8080, 1, new byte[1])), false));
        all.add(arguments("other port of the IPv6 service", v6(CLIENT6, VIP6, TCP, tcp(1000, 81)), false));
        all.add(arguments("another protocol", v4(CLIENT, VIP, 132, tcp(1000, 80)), false));
        for (final int tag : new int[]{0x8100, 0x88A8})
        {
            all.add(arguments("VLAN tag " + Integer.toHexString(tag), ethernet(tag, concat(
                hex("0007 0800"), ipv4(CLIENT, VIP, TCP, tcp(1000, 80)))), false));
        }
        all.add(arguments("ARP", ethernet(0x0806, new byte[28]), false));
        all.add(arguments("frame to another MAC address",
            ethernet(0x02_0000_0000_05L, 0, IPV4, ipv4(CLIENT, VIP, TCP, tcp(1000, 80))), false));
        all.add(arguments("IPv4 options", ethernet(IPV4,
            ipv4(CLIENT, VIP, TCP, 0, 0, new byte[40], tcp(1000, 80))), true));
        all.add(arguments("do-not-fragment bit", ethernet(IPV4,
            ipv4(CLIENT, VIP, TCP, 7, 0x4000, new byte[0], tcp(1000, 80))), true));
        all.add(arguments("hop-by-hop, routing, destination options", v6(CLIENT6, VIP6, 0, concat(
            extension(43, 0), extension(60, 2), extension(TCP, 1), tcp(1000, 80))), true));
        all.add(arguments("six extension headers", v6(CLIENT6, VIP6, 0, concat(
            extension(60, 0), extension(60, 0), extension(60, 0), extension(60, 0), extension(60, 0),
            extension(TCP, 0), tcp(1000, 80))), true));
        all.add(arguments("seven extension headers", v6(CLIENT6, VIP6, 0, concat(
            extension(60, 0), extension(60, 0), extension(60, 0), extension(60, 0), extension(60, 0),
            extension(60, 0), extension(TCP, 0), tcp(1000, 80))), false));
        all.add(arguments("atomic fragment", v6(CLIENT6, VIP6, 44, concat(
            fragmentHeader(TCP, 0, 77), tcp(1000, 80))), true));
    }

    private static void addErrors(final List<Arguments> all)
    {
        final byte[] toClient = cut(ipv4(VIP, CLIENT, TCP, tcp(80, 1000)), 28);
        final byte[] toServer = cut(ipv4(CLIENT, SERVER, TCP, tcp(1000, 8080)), 28);
        final byte[] toClient6 = ipv6(VIP6, CLIENT6, TCP, tcp(80, 1000));
        final byte[] toServer6 = ipv6(CLIENT6, SERVER6, TCP, tcp(1000, 8080));
        for (final int type : new int[]{3, 4, 11, 12})
        {
            all.add(arguments("error " + type + " from a client's router",
                v4(CLIENT, VIP, ICMP, icmp(type, toClient)), true));
        }
        all.add(arguments("error from a server's router", v4(SERVER, CLIENT, ICMP, icmp(3, toServer)), true));
        all.add(arguments("error from a server to a health check", v4(SERVER, SELF, ICMP, icmp(3, toServer)), false));
        all.add(arguments("echo request to the service", v4(CLIENT, VIP, ICMP, icmp(8, new byte[56])), false));
        all.add(arguments("echo with a quotation's bytes", v4(CLIENT, VIP, ICMP, icmp(8, toClient)), false));
        all.add(arguments("error about something else",
            v4(CLIENT, VIP, ICMP, icmp(3, ipv4(VIP, CLIENT, TCP, tcp(81, 1000)))), false));
        all.add(arguments("error about our packet towards the service (not its answer)",
            v4(CLIENT, VIP, ICMP, icmp(3, ipv4(CLIENT, VIP, TCP, tcp(1000, 80)))), false));
        all.add(arguments("error about an echo", v4(CLIENT, VIP, ICMP, icmp(3, ipv4(VIP, CLIENT, ICMP, icmp(0,
            new byte[8])))), false));
        all.add(arguments("error about a later fragment", v4(CLIENT, VIP, ICMP, icmp(3, ipv4(
            VIP, CLIENT, TCP, 5, 10, new byte[0], tcp(80, 1000)))), false));
        all.add(arguments("error that quotes IPv4 options", v4(CLIENT, VIP, ICMP, icmp(3, ipv4(
            VIP, CLIENT, TCP, 5, 0, new byte[8], tcp(80, 1000)))), true));
        all.add(arguments("error that quotes half a header", v4(CLIENT, VIP, ICMP, icmp(3, cut(toClient, 19))), false));
        all.add(arguments("error that quotes too little", v4(CLIENT, VIP, ICMP, icmp(3, cut(toClient, 22))), false));
        for (final int type : new int[]{1, 2, 3, 4})
        {
            all.add(arguments("ICMPv6 error " + type, v6(CLIENT6, VIP6, ICMPV6, icmp(type, toClient6)), true));
        }
        all.add(arguments("ICMPv6 error from a server's router",
            v6(SERVER6, CLIENT6, ICMPV6, icmp(2, toServer6)), true));
        all.add(arguments("ICMPv6 error to a health check", v6(SERVER6, SELF6, ICMPV6, icmp(2, toServer6)), false));
        all.add(arguments("neighbour solicitation", v6(CLIENT6, VIP6, ICMPV6, icmp(135, toClient6)), false));
        all.add(arguments("ICMPv6 error behind an extension header, quoting one", v6(CLIENT6, VIP6, 60, concat(
            extension(ICMPV6, 0), icmp(1, ipv6(VIP6, CLIENT6, 60, concat(extension(TCP, 0), tcp(80, 1000)))))), true));
        all.add(arguments("ICMP inside of IPv6", v6(CLIENT6, VIP6, ICMP, icmp(3, toClient)), false));
        all.add(arguments("ICMPv6 inside of IPv4", v4(CLIENT, VIP, ICMPV6, icmp(1, toClient6)), false));
    }

    private static void addMalformed(final List<Arguments> all)
    {
        final byte[] good = v4(CLIENT, VIP, TCP, tcp(1000, 80));
        final byte[] good6 = v6(CLIENT6, VIP6, TCP, tcp(1000, 80));
        // The kernel's test run refuses frames that end inside of the IP header, so those are not here; the quoted
        // headers go through the same code.
        all.add(arguments("ends before the ports", cut(good, 14 + 20 + 3), false));
        all.add(arguments("ends behind the ports", cut(good, 14 + 20 + 4), true));
        all.add(arguments("IPv6 ends before the ports", cut(good6, 14 + 40 + 2), false));
        all.add(arguments("IPv4 header length 16", with(good, 14, 0x44), false));
        all.add(arguments("IPv4 header length beyond the packet", with(good, 14, 0x4F), false));
        all.add(arguments("version 6 under EtherType IPv4", with(good, 14, 0x65), false));
        all.add(arguments("version 4 under EtherType IPv6", with(good6, 14, 0x45), false));
        all.add(arguments("extension header beyond the packet",
            v6(CLIENT6, VIP6, 60, concat(hex("06FF"), new byte[6], tcp(1000, 80))), false));
        all.add(arguments("extension header cut off", v6(CLIENT6, VIP6, 60, hex("06")), false));
        all.add(arguments("fragment header cut off", v6(CLIENT6, VIP6, 44, hex("0600 0000")), false));
        all.add(arguments("ICMP header cut off", v4(CLIENT, VIP, ICMP, hex("0300")), false));
        all.add(arguments("ICMP error without quotation", v4(CLIENT, VIP, ICMP, icmp(3, new byte[0])), false));
        all.add(arguments("no next header", v6(CLIENT6, VIP6, 59, new byte[0]), false));
    }

    static byte[] v4(final String from, final String to, final int protocol, final byte[] payload)
    {
        return ethernet(IPV4, ipv4(from, to, protocol, payload));
    }

    static byte[] v6(final String from, final String to, final int next, final byte[] payload)
    {
        return ethernet(IPV6, ipv6(from, to, next, payload));
    }

    private static byte[] with(final byte[] frame, final int offset, final int value)
    {
        final byte[] copy = frame.clone();
        copy[offset] = (byte)value;
        return copy;
    }

    static byte[] fragment(final String from, final int id, final int fragment, final byte[] payload)
    {
        return ethernet(IPV4, ipv4(from, VIP, UDP, id, fragment, new byte[0], payload));
    }
}
