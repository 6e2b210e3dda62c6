package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.lab.HeadraceConfig;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabServers;
import org.headrace.perf.lab.NftablesBalancer;
import org.headrace.perf.wire.FrameBuilder;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Translates the same packets as the kernel's own destination NAT (nftables) does, and to the same bytes: addresses,
 * ports, time to live, every checksum, and nothing else.
 */
@NeedsLab
class ByteForByteIT
{
    private static final int HTTP = 80;
    private static final int DNS = 53;
    private static final int FIRST_PORT = 20_000;
    private static final int RANDOM_PORT = 30_000;
    private static final int RANDOM_PAYLOADS = 200;
    private static final long SEED = 20_260_101;

    private static final Map<String, Conversation> CASES = new LinkedHashMap<>();
    private static final Map<String, List<String>> BY_KERNEL = new LinkedHashMap<>();
    private static final Map<String, List<String>> BY_HEADRACE = new LinkedHashMap<>();

    private interface Conversation
    {
        void hold(Wire wire, int port, List<String> packets);
    }

    @BeforeAll
    static void translateWithBoth()
    {
        fillCases();
        try (Lab lab = Lab.create())
        {
            lab.silence();
            try (NftablesBalancer _ = NftablesBalancer.start(lab, 1))
            {
                holdAll(lab, BY_KERNEL);
            }
            final HeadraceInstance headrace = HeadraceInstance.start(lab, new HeadraceConfig(lab)
                .listener("http", "tcp", HTTP, LabServers.HTTP_PORT, "rr", List.of(1))
                .listener("dns", "udp", DNS, LabServers.DNS_PORT, "rr", List.of(1)));
            holdAll(lab, BY_HEADRACE);
            final RunningLab running = new RunningLab(lab, headrace);
            running.assertConservation();
            // It was Headrace, and not the host beside it, that translated.
            assertThat(running.sum(WorkerCounter.FORWARDED))
                .isEqualTo(BY_HEADRACE.values().stream().mapToInt(List::size).sum());
        }
    }

    @AfterAll
    static void forget()
    {
        BY_KERNEL.clear();
        BY_HEADRACE.clear();
        CASES.clear();
    }

    static Stream<String> cases()
    {
        fillCases();
        return CASES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTranslateAsTheKernelDoes(final String name)
    {
        assertThat(BY_KERNEL.get(name)).isNotEmpty();
        assertThat(BY_HEADRACE.get(name)).isEqualTo(BY_KERNEL.get(name));
    }

    private static void holdAll(final Lab lab, final Map<String, List<String>> packets)
    {
        int port = FIRST_PORT;
        try (Wire wire = new Wire(lab))
        {
            for (final Map.Entry<String, Conversation> entry : CASES.entrySet())
            {
                final List<String> seen = new ArrayList<>();
                packets.put(entry.getKey(), seen);
                entry.getValue().hold(wire, port++, seen);
            }
        }
    }

    private static void fillCases()
    {
        CASES.clear();
        for (final boolean isIpv6 : new boolean[]{false, true})
        {
            final String family = isIpv6 ? "IPv6 " : "IPv4 ";
            CASES.put(family + "TCP connection from SYN to FIN", (wire, port, seen) -> tcp(wire, port, isIpv6, seen));
            for (final int length : new int[]{0, 1, 2, 17, 18, 999, 1400})
            {
                CASES.put(family + "UDP payload of " + length + " bytes",
                    (wire, port, seen) -> udp(wire, port, isIpv6, new byte[length], seen));
            }
            CASES.put(family + "UDP checksum that becomes 0, sent as 0xFFFF",
                (wire, port, seen) -> udpToZero(wire, port, isIpv6, seen));
            CASES.put(family + "UDP checksum that is 0xFFFF already",
                (wire, port, seen) -> udpFromAllOnes(wire, port, isIpv6, seen));
            CASES.put(family + "TCP checksum that becomes 0",
                (wire, port, seen) -> tcpToZero(wire, port, isIpv6, seen));
            for (final int hops : new int[]{2, 64, 255})
            {
                CASES.put(family + "time to live " + hops, (wire, port, seen) ->
                {
                    final byte[] frame = Wire.request(isIpv6).timeToLive(hops).trafficClass(0xB9)
                        .udp(port, DNS, new byte[5]).build();
                    seen.add(wire.toServer(frame, port));
                    seen.add(wire.toClient(Wire.reply(isIpv6).timeToLive(hops).trafficClass(0x2)
                        .udp(Wire.serverPort(DNS), port, new byte[6]).build(), port));
                });
            }
            CASES.put(family + RANDOM_PAYLOADS + " random UDP payloads of seed " + SEED,
                (wire, port, seen) -> randomUdp(wire, isIpv6, seen));
        }
        CASES.put("IPv4 UDP without checksum", ByteForByteIT::udpWithoutChecksum);
        CASES.put("IPv4 with options", (wire, port, seen) -> seen.add(wire.toServer(
            Wire.request(false).options(new byte[]{1, 1, 1, 0}).udp(port, DNS, new byte[3]).build(), port)));
        CASES.put("IPv4 that may be fragmented", (wire, port, seen) -> seen.add(wire.toServer(
            Wire.request(false).fragment(0xFFFF, 0).udp(port, DNS, new byte[3]).build(), port)));
    }

    private static void tcp(final Wire wire, final int port, final boolean isIpv6, final List<String> seen)
    {
        final int serverPort = Wire.serverPort(HTTP);
        final int client = 0x7FFF_FFF0;
        final int server = 0xFFFF_FFF8;
        seen.add(wire.toServer(request(isIpv6, port, FrameBuilder.SYN, client, 0, 0), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).tcp(
            serverPort, port, FrameBuilder.SYN | FrameBuilder.ACK, server, client + 1, new byte[0]).build(), port));
        seen.add(wire.toServer(request(isIpv6, port, FrameBuilder.ACK, client + 1, server + 1, 0), port));
        seen.add(wire.toServer(
            request(isIpv6, port, FrameBuilder.ACK | FrameBuilder.PSH, client + 1, server + 1, 33), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).tcp(serverPort, port, FrameBuilder.ACK | FrameBuilder.PSH,
            server + 1, client + 34, new byte[777]).build(), port));
        seen.add(wire.toServer(
            request(isIpv6, port, FrameBuilder.ACK | FrameBuilder.FIN, client + 34, server + 778, 0), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).tcp(serverPort, port, FrameBuilder.ACK | FrameBuilder.FIN,
            server + 778, client + 35, new byte[0]).build(), port));
        seen.add(wire.toServer(request(isIpv6, port, FrameBuilder.ACK, client + 35, server + 779, 0), port));
    }

    private static byte[] request(
        final boolean isIpv6, final int port, final int flags, final int sequence, final int acknowledged,
        final int length)
    {
        return Wire.request(isIpv6).tcp(port, HTTP, flags, sequence, acknowledged, new byte[length]).build();
    }

    private static void udp(
        final Wire wire, final int port, final boolean isIpv6, final byte[] payload, final List<String> seen)
    {
        seen.add(wire.toServer(Wire.request(isIpv6).udp(port, DNS, payload).build(), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).udp(Wire.serverPort(DNS), port, payload).build(), port));
    }

    private static void randomUdp(final Wire wire, final boolean isIpv6, final List<String> seen)
    {
        final Random random = new Random(SEED);
        for (int i = 0; i < RANDOM_PAYLOADS; i++)
        {
            final byte[] payload = new byte[random.nextInt(1_400)];
            random.nextBytes(payload);
            udp(wire, RANDOM_PORT + i, isIpv6, payload, seen);
        }
    }

    private static void udpWithoutChecksum(final Wire wire, final int port, final List<String> seen)
    {
        final byte[] payload = {1, 2, 3};
        seen.add(wire.toServer(Wire.request(false).udp(port, DNS, payload).withoutChecksum().build(), port));
        seen.add(wire.toClient(
            Wire.reply(false).udp(Wire.serverPort(DNS), port, payload).withoutChecksum().build(), port));
    }

    // The payload is chosen so that all words of the translated packet add up to 0xFFFF.
    private static void udpToZero(final Wire wire, final int port, final boolean isIpv6, final List<String> seen)
    {
        final int serverPort = Wire.serverPort(DNS);
        final byte[] there = udpChecksum(Wire.translatedRequest(isIpv6).udp(port, serverPort, new byte[2]), isIpv6);
        final byte[] back = udpChecksum(Wire.translatedReply(isIpv6).udp(DNS, port, new byte[2]), isIpv6);
        seen.add(wire.toServer(Wire.request(isIpv6).udp(port, DNS, there).build(), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).udp(serverPort, port, back).build(), port));
    }

    private static void udpFromAllOnes(final Wire wire, final int port, final boolean isIpv6, final List<String> seen)
    {
        final int serverPort = Wire.serverPort(DNS);
        final byte[] there = udpChecksum(Wire.request(isIpv6).udp(port, DNS, new byte[2]), isIpv6);
        final byte[] back = udpChecksum(Wire.reply(isIpv6).udp(serverPort, port, new byte[2]), isIpv6);
        seen.add(wire.toServer(Wire.request(isIpv6).udp(port, DNS, there).build(), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).udp(serverPort, port, back).build(), port));
    }

    private static void tcpToZero(final Wire wire, final int port, final boolean isIpv6, final List<String> seen)
    {
        final int serverPort = Wire.serverPort(HTTP);
        final int checksumOffset = 16;
        seen.add(wire.toServer(request(isIpv6, port, FrameBuilder.SYN, 1, 0, 0), port));
        seen.add(wire.toClient(Wire.reply(isIpv6).tcp(
            serverPort, port, FrameBuilder.SYN | FrameBuilder.ACK, 1, 2, new byte[0]).build(), port));
        final byte[] there = checksum(Wire.translatedRequest(isIpv6)
            .tcp(port, serverPort, FrameBuilder.ACK, 2, 2, new byte[2]).build(), isIpv6, checksumOffset);
        seen.add(wire.toServer(
            Wire.request(isIpv6).tcp(port, HTTP, FrameBuilder.ACK, 2, 2, there).build(), port));
        final byte[] back = checksum(Wire.translatedReply(isIpv6)
            .tcp(HTTP, port, FrameBuilder.ACK, 2, 4, new byte[2]).build(), isIpv6, checksumOffset);
        seen.add(wire.toClient(
            Wire.reply(isIpv6).tcp(serverPort, port, FrameBuilder.ACK, 2, 4, back).build(), port));
    }

    private static byte[] udpChecksum(final FrameBuilder builder, final boolean isIpv6)
    {
        return checksum(builder.build(), isIpv6, 6);
    }

    private static byte[] checksum(final byte[] frame, final boolean isIpv6, final int offset)
    {
        final int transport = FrameBuilder.ETHERNET_LENGTH +
            (isIpv6 ? FrameBuilder.IPV6_LENGTH : FrameBuilder.IPV4_LENGTH);
        return ByteBuffer.allocate(2).putShort(ByteBuffer.wrap(frame).getShort(transport + offset)).array();
    }
}
