package org.headrace.forwarder.io.bpf;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The decision as the kernel runs it: golden packets {description, frame, ours?}. */
class PickerProgramTest
{
    private static final int TCX_DROP = 2;
    private static final int TCX_NEXT = -1;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int MORE = 0x2000;

    private static final String CLIENT = "192.0.2.7";
    private static final String VIP = "198.51.100.1";
    private static final String SERVER = "10.0.0.9";
    private static final String SELF = "10.0.0.1";
    private static final String CLIENT6 = "2001:db8::7";
    private static final String VIP6 = "2001:db8:1::1";
    private static final String SERVER6 = "fd00::9";
    private static final String SELF6 = "fd00::1";

    private static PickerMaps maps;
    private static BpfProgram ingress;
    private static BpfProgram fanout;

    @BeforeAll
    static void load()
    {
        Assumptions.assumeTrue(BpfFeatures.probe().isEmpty(), () -> "skipped: " + BpfFeatures.probe());
        maps = new PickerMaps();
        ingress = PickerProgram.load(PickerProgram.Place.TCX_INGRESS, 1902, maps);
        fanout = PickerProgram.load(PickerProgram.Place.FANOUT, 1902, maps);
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

    @AfterAll
    static void unload()
    {
        if (maps != null)
        {
            fanout.close();
            ingress.close();
            maps.close();
        }
    }

    static Stream<Arguments> packets()
    {
        final List<Arguments> all = new ArrayList<>();
        addPlain(all);
        addErrors(all);
        addMalformed(all);
        return all.stream();
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

    private static byte[] v4(final String from, final String to, final int protocol, final byte[] payload)
    {
        return ethernet(IPV4, ipv4(from, to, protocol, payload));
    }

    private static byte[] v6(final String from, final String to, final int next, final byte[] payload)
    {
        return ethernet(IPV6, ipv6(from, to, next, payload));
    }

    private static byte[] with(final byte[] frame, final int offset, final int value)
    {
        final byte[] copy = frame.clone();
        copy[offset] = (byte)value;
        return copy;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("packets")
    void shouldDecide(final String description, final byte[] frame, final boolean isOurs)
    {
        assertThat(ProgramRun.run(ingress, frame)).as(description).isEqualTo(isOurs ? TCX_DROP : TCX_NEXT);
    }

    @Test
    void shouldLetLaterFragmentsFollowTheFirst()
    {
        final byte[] later = fragment(CLIENT, 21, 185, new byte[100]);
        assertThat(ProgramRun.run(ingress, later)).as("first fragment not seen").isEqualTo(TCX_NEXT);
        final byte[] first = fragment(CLIENT, 21, MORE, udp(1000, 80, new byte[16]));
        assertThat(ProgramRun.run(ingress, first)).isEqualTo(TCX_DROP);
        assertThat(ProgramRun.run(ingress, later)).isEqualTo(TCX_DROP);
        assertThat(ProgramRun.run(ingress, fragment(CLIENT, 22, 185, new byte[100]))).as("other datagram")
            .isEqualTo(TCX_NEXT);
        assertThat(ProgramRun.run(ingress, fragment("192.0.2.8", 21, 185, new byte[100]))).as("other client")
            .isEqualTo(TCX_NEXT);
    }

    @Test
    void shouldForgetADatagramWhenItsIdentificationComesRoundForAnother()
    {
        final byte[] later = fragment(CLIENT, 31, 185, new byte[100]);
        ProgramRun.run(ingress, fragment(CLIENT, 31, MORE, udp(1000, 80, new byte[16])));
        ProgramRun.run(ingress, fragment(CLIENT, 31, MORE, udp(1000, 81, new byte[16])));
        assertThat(ProgramRun.run(ingress, later)).isEqualTo(TCX_NEXT);
    }

    @Test
    void shouldLetLaterIpv6FragmentsFollowTheFirst()
    {
        final byte[] first = v6(CLIENT6, VIP6, 44, concat(fragmentHeader(UDP, 1, 9), udp(1000, 80, new byte[16])));
        final byte[] later = v6(CLIENT6, VIP6, 44, concat(fragmentHeader(UDP, 24 << 3, 9), new byte[50]));
        assertThat(ProgramRun.run(ingress, later)).isEqualTo(TCX_NEXT);
        assertThat(ProgramRun.run(ingress, first)).isEqualTo(TCX_DROP);
        assertThat(ProgramRun.run(ingress, later)).isEqualTo(TCX_DROP);
    }

    private static byte[] fragment(final String from, final int id, final int fragment, final byte[] payload)
    {
        return ethernet(IPV4, ipv4(from, VIP, UDP, id, fragment, new byte[0], payload));
    }

    @Test
    void shouldSendBothDirectionsErrorsAndFragmentsToOneWorker()
    {
        final IpAddress client = IpAddress.parse(CLIENT);
        for (int port = 1; port < 60_000; port += 997)
        {
            final int expected = ClientHash.hash(client.high(), client.low(), port);
            final byte[] answer = ipv4(VIP, CLIENT, UDP, udp(80, port, new byte[9]));
            final byte[] forwarded = ipv4(CLIENT, SERVER, UDP, udp(port, 8080, new byte[9]));
            assertThat(new int[]{
                worker(v4(CLIENT, VIP, UDP, udp(port, 80, new byte[9]))),
                worker(v4(SERVER, CLIENT, UDP, udp(8080, port, new byte[9]))),
                worker(v4("203.0.113.1", VIP, ICMP, icmp(3, answer))),
                worker(v4("203.0.113.1", CLIENT, ICMP, icmp(3, forwarded))),
                worker(fragment(CLIENT, port, MORE, udp(port, 80, new byte[16]))),
                worker(fragment(CLIENT, port, 4, new byte[16]))}).containsOnly(expected);
        }
        final IpAddress client6 = IpAddress.parse(CLIENT6);
        assertThat(worker(v6(CLIENT6, VIP6, TCP, tcp(1000, 80))))
            .isEqualTo(worker(v6(SERVER6, CLIENT6, TCP, tcp(8080, 1000))))
            .isEqualTo(ClientHash.hash(client6.high(), client6.low(), 1000));
    }

    private static int worker(final byte[] frame)
    {
        return ProgramRun.run(fanout, frame);
    }

    @Test
    void shouldSpreadClientsOverWorkers()
    {
        final int[] counts = new int[3];
        for (int i = 0; i < 30_000; i++)
        {
            final IpAddress client = IpAddress.ofIpv4(0x0A00_0000 + i / 100);
            counts[ClientHash.worker(ClientHash.hash(client.high(), client.low(), 1024 + i % 100), counts.length)]++;
        }
        assertThat(Arrays.stream(counts).boxed()).allSatisfy(count -> assertThat(count).isBetween(9_500, 10_500));
    }

    @Test
    void shouldSurviveNoise()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        final List<Arguments> all = packets().toList();
        for (int i = 0; i < 5_000; i++)
        {
            final byte[] frame = ((byte[])all.get(random.nextInt(all.size())).get()[1]).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--)
            {
                frame[14 + random.nextInt(frame.length - 14)] = (byte)random.nextInt();
            }
            assertThat(ProgramRun.run(ingress, frame)).as("headrace.test.seed=" + seed).isIn(TCX_DROP, TCX_NEXT);
        }
    }
}
