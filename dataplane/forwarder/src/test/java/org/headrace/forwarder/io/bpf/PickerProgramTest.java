package org.headrace.forwarder.io.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.headrace.forwarder.io.TestFrames.ICMP;
import static org.headrace.forwarder.io.TestFrames.TCP;
import static org.headrace.forwarder.io.TestFrames.UDP;
import static org.headrace.forwarder.io.TestFrames.concat;
import static org.headrace.forwarder.io.TestFrames.cut;
import static org.headrace.forwarder.io.TestFrames.ethernet;
import static org.headrace.forwarder.io.TestFrames.fragmentHeader;
import static org.headrace.forwarder.io.TestFrames.icmp;
import static org.headrace.forwarder.io.TestFrames.ipv4;
import static org.headrace.forwarder.io.TestFrames.tcp;
import static org.headrace.forwarder.io.TestFrames.udp;
import static org.headrace.forwarder.io.bpf.PickerPackets.CLIENT;
import static org.headrace.forwarder.io.bpf.PickerPackets.CLIENT6;
import static org.headrace.forwarder.io.bpf.PickerPackets.IPV4;
import static org.headrace.forwarder.io.bpf.PickerPackets.MORE;
import static org.headrace.forwarder.io.bpf.PickerPackets.SELF;
import static org.headrace.forwarder.io.bpf.PickerPackets.SERVER;
import static org.headrace.forwarder.io.bpf.PickerPackets.SERVER6;
import static org.headrace.forwarder.io.bpf.PickerPackets.VIP;
import static org.headrace.forwarder.io.bpf.PickerPackets.VIP6;
import static org.headrace.forwarder.io.bpf.PickerPackets.fragment;
import static org.headrace.forwarder.io.bpf.PickerPackets.v4;
import static org.headrace.forwarder.io.bpf.PickerPackets.v6;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import org.headrace.forwarder.rewrite.LocalPorts;
import org.headrace.protocol.IpAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The decision as the kernel runs it: golden packets {description, frame, ours?}. */
class PickerProgramTest
{
    private static final int TCX_DROP = 2;
    private static final int TCX_NEXT = -1;

    private static PickerMaps ingressMaps;
    private static PickerMaps xdpMaps;
    private static XdpSocketMaps sockets;
    private static BpfProgram ingress;
    private static BpfProgram xdp;
    private static BpfProgram xdpWithHash;
    private static BpfProgram fanout;

    /** Programs that make the decision, with what they say. */
    enum Decider
    {
        TCX
        {
            @Override
            boolean isOurs(final byte[] frame)
            {
                final int result = ProgramRun.run(ingress, frame);
                assertThat(result).isIn(TCX_DROP, TCX_NEXT);
                return result == TCX_DROP;
            }
        },
        /** No socket is in the map, as when the process has died: ours are dropped. */
        XDP
        {
            @Override
            boolean isOurs(final byte[] frame)
            {
                final int result = ProgramRun.run(xdp, frame);
                assertThat(result).isIn(XdpEnds.XDP_DROP, XdpEnds.XDP_PASS);
                return result == XdpEnds.XDP_DROP;
            }
        };

        abstract boolean isOurs(byte[] frame);
    }

    @BeforeAll
    static void load()
    {
        Assumptions.assumeTrue(BpfFeatures.probe().isEmpty(), () -> "skipped: " + BpfFeatures.probe());
        Assumptions.assumeTrue(BpfFeatures.probeXdp().isEmpty(), () -> "skipped: " + BpfFeatures.probeXdp());
        ingressMaps = new PickerMaps();
        xdpMaps = new PickerMaps();
        sockets = new XdpSocketMaps(1);
        ingress = PickerProgram.load(PickerProgram.Place.TCX_INGRESS, 1902, ingressMaps);
        fanout = PickerProgram.load(PickerProgram.Place.FANOUT, 1902, ingressMaps);
        xdp = PickerProgram.loadXdp(new XdpEnds(0, sockets.map(0), false), xdpMaps);
        xdpWithHash = PickerProgram.loadXdp(new XdpEnds(0, sockets.map(0), true), xdpMaps);
        PickerPackets.fill(ingressMaps);
        PickerPackets.fill(xdpMaps);
    }

    @AfterAll
    static void unload()
    {
        if (xdpWithHash != null)
        {
            xdpWithHash.close();
            xdp.close();
            fanout.close();
            ingress.close();
            sockets.close();
            xdpMaps.close();
            ingressMaps.close();
        }
    }

    static Stream<Arguments> packets()
    {
        return Arrays.stream(Decider.values()).flatMap(decider -> PickerPackets.golden().stream()
            .map(Arguments::get).map(packet -> arguments(decider, packet[0], packet[1], packet[2])));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("packets")
    void shouldDecide(final Decider decider, final String description, final byte[] frame, final boolean isOurs)
    {
        assertThat(decider.isOurs(frame)).as(description).isEqualTo(isOurs);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetLaterFragmentsFollowTheFirst(final Decider decider)
    {
        final byte[] later = fragment(CLIENT, 21, 185, new byte[100]);
        assertThat(decider.isOurs(later)).as("first fragment not seen").isFalse();
        final byte[] first = fragment(CLIENT, 21, MORE, udp(1000, 80, new byte[16]));
        assertThat(decider.isOurs(first)).isTrue();
        assertThat(decider.isOurs(later)).isTrue();
        assertThat(decider.isOurs(fragment(CLIENT, 22, 185, new byte[100]))).as("other datagram")
            .isFalse();
        assertThat(decider.isOurs(fragment("192.0.2.8", 21, 185, new byte[100]))).as("other client")
            .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldForgetADatagramWhenItsIdentificationComesRoundForAnother(final Decider decider)
    {
        final byte[] later = fragment(CLIENT, 31, 185, new byte[100]);
        decider.isOurs(fragment(CLIENT, 31, MORE, udp(1000, 80, new byte[16])));
        decider.isOurs(fragment(CLIENT, 31, MORE, udp(1000, 81, new byte[16])));
        assertThat(decider.isOurs(later)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetLaterIpv6FragmentsFollowTheFirst(final Decider decider)
    {
        final byte[] first = v6(CLIENT6, VIP6, 44, concat(fragmentHeader(UDP, 1, 9), udp(1000, 80, new byte[16])));
        final byte[] later = v6(CLIENT6, VIP6, 44, concat(fragmentHeader(UDP, 24 << 3, 9), new byte[50]));
        assertThat(decider.isOurs(later)).isFalse();
        assertThat(decider.isOurs(first)).isTrue();
        assertThat(decider.isOurs(later)).isTrue();
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

    /** A server's answer to a port of a local FULLNAT address goes to the worker that the port belongs to. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 64})
    void shouldSendAnswersToALocalPortToItsOwner(final int workerCount)
    {
        final LocalPorts ports = new LocalPorts(workerCount);
        final String nat = "10.0.0.200";
        final IpAddress local = IpAddress.parse(nat);
        final byte[] key = EndpointKeyDescriptor.address(local.high(), local.low());
        ingressMaps.locals().put(key, PickerMaps.localNatValue(ports.mask()));
        xdpMaps.locals().put(key, PickerMaps.localNatValue(ports.mask()));
        try
        {
            for (int port = 1_024; port < 65_000; port += 997)
            {
                final int owner = ports.owner(port);
                final byte[] answer = v4(SERVER, nat, UDP, udp(8080, port, new byte[9]));
                final byte[] error =
                    v4("203.0.113.1", nat, ICMP, icmp(3, ipv4(nat, SERVER, UDP, udp(port, 8080, new byte[9]))));
                assertThat(Decider.TCX.isOurs(answer)).isTrue();
                assertThat(Decider.XDP.isOurs(answer)).isTrue();
                assertThat(Decider.TCX.isOurs(v4(SERVER, nat, UDP, udp(22, port, new byte[9])))).isFalse();
                if (owner == LocalPorts.NOBODY)
                {
                    continue;
                }
                assertThat(Integer.remainderUnsigned(worker(answer), workerCount)).isEqualTo(owner);
                assertThat(worker(error)).isEqualTo(worker(answer));
            }
        }
        finally
        {
            ingressMaps.locals().remove(key);
            xdpMaps.locals().remove(key);
        }
        assertThat(Decider.TCX.isOurs(v4(SERVER, SELF, UDP, udp(8080, 5, new byte[9])))).isFalse();
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
    void shouldLeaveTruncatedFramesAndOtherMacAddressesToTheKernel()
    {
        final byte[] good = v4(CLIENT, VIP, TCP, tcp(1000, 80));
        final byte[] good6 = v6(CLIENT6, VIP6, TCP, tcp(1000, 80));
        for (int length = 14; length < 14 + 20 + 4; length++)
        {
            assertThat(Decider.XDP.isOurs(cut(good, length))).as("IPv4, %d bytes", length).isFalse();
        }
        for (int length = 14; length < 14 + 40 + 4; length++)
        {
            assertThat(Decider.XDP.isOurs(cut(good6, length))).as("IPv6, %d bytes", length).isFalse();
        }
        final byte[] packet = ipv4(CLIENT, VIP, TCP, tcp(1000, 80));
        for (final long mac : new long[]{0x02_0000_0000_01L, 0xFE_DCBA_9876_54L, 0xFF_FFFF_FFFF_FEL})
        {
            try (BpfProgram own = PickerProgram.loadXdp(new XdpEnds(mac, sockets.map(0), false), xdpMaps))
            {
                final byte[] frame = ethernet(mac, 0x02_0000_0000_09L, IPV4, packet);
                assertThat(ProgramRun.run(own, frame)).isEqualTo(XdpEnds.XDP_DROP);
                for (int bit = 0; bit < 48; bit++)
                {
                    final byte[] other = ethernet(mac ^ 1L << bit, 0x02_0000_0000_09L, IPV4, packet);
                    assertThat(ProgramRun.run(own, other)).as("mac=%x bit=%d", mac, bit).isEqualTo(XdpEnds.XDP_PASS);
                }
            }
        }
    }

    @Test
    void shouldStoreTheHashBeforeAFrameThatGoesToASocket()
    {
        for (int port = 1; port < 60_000; port += 4999)
        {
            final byte[] request = v4(CLIENT, VIP, UDP, udp(port, 80, new byte[9]));
            final byte[] answer = v4(SERVER, CLIENT, UDP, udp(8080, port, new byte[9]));
            final byte[] later = fragment(CLIENT, port, 4, new byte[16]);
            worker(fragment(CLIENT, port, MORE, udp(port, 80, new byte[16])));
            hashed(fragment(CLIENT, port, MORE, udp(port, 80, new byte[16])));
            for (final byte[] frame : new byte[][]{request, answer, later})
            {
                assertThat(hashed(frame)).isEqualTo(concat(nativeInt(worker(frame)), frame));
            }
        }
        final byte[] notOurs = v4(CLIENT, SELF, TCP, tcp(1000, 22));
        assertThat(hashed(notOurs)).isEqualTo(notOurs);
    }

    /** The frame as it leaves the program, with its metadata before it. */
    private static byte[] hashed(final byte[] frame)
    {
        return ProgramRun.output(xdpWithHash, frame);
    }

    private static byte[] nativeInt(final int value)
    {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSurviveNoise(final Decider decider)
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        final List<Arguments> all = PickerPackets.golden();
        for (int i = 0; i < 5_000; i++)
        {
            final byte[] frame = ((byte[])all.get(random.nextInt(all.size())).get()[1]).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--)
            {
                frame[14 + random.nextInt(frame.length - 14)] = (byte)random.nextInt();
            }
            assertThatCode(() -> decider.isOurs(frame)).as("headrace.test.seed=" + seed).doesNotThrowAnyException();
        }
    }
}
