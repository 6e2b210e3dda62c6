package org.headrace.perf.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.perf.wire.FrameBuilder.ACK;
import static org.headrace.perf.wire.FrameBuilder.ETHERNET_LENGTH;
import static org.headrace.perf.wire.FrameBuilder.FIN;
import static org.headrace.perf.wire.FrameBuilder.IPV4_LENGTH;
import static org.headrace.perf.wire.FrameBuilder.IPV6_LENGTH;
import static org.headrace.perf.wire.FrameBuilder.RST;
import static org.headrace.perf.wire.FrameBuilder.SYN;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.LabNetwork;
import org.headrace.perf.load.HttpLoad;
import org.headrace.perf.wire.Checksum;
import org.headrace.perf.wire.FrameBuilder;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Packets that no honest sender makes: each has the fate that the table says, and is counted once.
 */
@NeedsLab
class BadPacketsIT
{
    private static final int PORT = 40_000;
    private static final int IP = ETHERNET_LENGTH;
    private static final int UDP4 = IP + IPV4_LENGTH;
    private static final int UDP6 = IP + IPV6_LENGTH;
    private static final int JUMBO_MTU = 65_535;
    private static final int FUZZ_FRAMES = 5_000;
    private static final long SEED = 7;

    private static RunningLab running;
    private static Wire wire;

    /** What becomes of a packet: a drop reason, or one of the counters, or NOT_TAKEN. */
    private record Case(String description, byte[] frame, Object fate)
    {
        @Override
        public String toString()
        {
            return description + ": " + fate;
        }
    }

    private static final String NOT_TAKEN = "left to the kernel";

    @BeforeAll
    static void start()
    {
        // Frames of any size can be sent; the servers' links stay at 1500.
        running = RunningLab.startUsual(lab ->
        {
            lab.client().check("ip", "link", "set", LabNetwork.HOST_LINK, "mtu", Integer.toString(JUMBO_MTU));
            lab.balancer().check("ip", "link", "set", LabNetwork.CLIENT_LINK, "mtu", Integer.toString(JUMBO_MTU));
        });
        wire = new Wire(running.lab());
    }

    @AfterAll
    static void stop()
    {
        if (wire != null)
        {
            wire.close();
        }
        if (running != null)
        {
            running.close();
        }
    }

    @AfterEach
    void everyPacketIsCountedOnce()
    {
        running.assertConservation();
    }

    static Stream<Case> cases()
    {
        return Stream.of(ipv4Cases(), ipv6Cases(), transportCases(), sizeCases()).flatMap(cases -> cases);
    }

    private static Stream<Case> ipv4Cases()
    {
        return Stream.of(
            new Case("IPv4 total length beyond the frame",
                mended(udp(), frame -> frame.putShort(IP + 2, (short)100)), DropReason.TRUNCATED),
            new Case("IPv4 cut off within the UDP header",
                mended(Arrays.copyOf(udp(), UDP4 + 6), frame -> frame.putShort(IP + 2, (short)(IPV4_LENGTH + 6))),
                DropReason.TRUNCATED),
            new Case("IPv4 total length shorter than its header",
                mended(udp(), frame -> frame.putShort(IP + 2, (short)12)), DropReason.BAD_IP_HEADER),
            new Case("IPv4 header checksum wrong",
                changed(udp(), frame -> frame.putShort(IP + 10, (short)(frame.getShort(IP + 10) ^ 0x0100))),
                DropReason.BAD_IP_CHECKSUM),
            new Case("IPv4 header length 16", changed(udp(), frame -> frame.put(IP, (byte)0x44)), NOT_TAKEN),
            new Case("IPv4 EtherType with version 5", changed(udp(), frame -> frame.put(IP, (byte)0x55)), NOT_TAKEN),
            new Case("IPv4 source that is loopback", from("127.0.0.1"), DropReason.BAD_ADDRESS),
            new Case("IPv4 source that is broadcast", from("255.255.255.255"), DropReason.BAD_ADDRESS),
            new Case("IPv4 source that is multicast", from("224.0.0.1"), DropReason.BAD_ADDRESS),
            new Case("IPv4 source that is the destination", from(LabNetwork.VIP), DropReason.BAD_ADDRESS),
            new Case("IPv4 first fragment",
                Wire.request(false).fragment(1, 0x2000).udp(PORT, 53, new byte[8]).build(), DropReason.FRAGMENT),
            new Case("IPv4 later fragment that follows the first",
                Wire.request(false).fragment(1, 2).raw(FrameBuilder.UDP, new byte[8]).build(), DropReason.FRAGMENT),
            new Case("IPv4 later fragment of nothing known",
                Wire.request(false).fragment(77, 2).raw(FrameBuilder.UDP, new byte[8]).build(), NOT_TAKEN),
            new Case("IPv4 time to live 1",
                Wire.request(false).timeToLive(1).udp(PORT, 53, new byte[8]).build(), WorkerCounter.ANSWERED),
            new Case("IPv4 options", Wire.request(false).options(new byte[]{1, 1, 1, 0}).udp(PORT, 53, new byte[8])
                .build(), WorkerCounter.FORWARDED),
            new Case("IPv4 with a VLAN tag", tagged(udp()), NOT_TAKEN),
            new Case("port of no listener", Wire.request(false).udp(PORT, 54, new byte[8]).build(), NOT_TAKEN),
            new Case("protocol of no listener", Wire.request(false).raw(132, new byte[32]).build(), NOT_TAKEN));
    }

    private static Stream<Case> ipv6Cases()
    {
        return Stream.of(
            new Case("IPv6 payload length 0", changed(udp6(), frame -> frame.putShort(IP + 4, (short)0)),
                DropReason.BAD_IP_HEADER),
            new Case("IPv6 payload length beyond the frame",
                changed(udp6(), frame -> frame.putShort(IP + 4, (short)200)), DropReason.TRUNCATED),
            new Case("IPv6 version 7", changed(udp6(), frame -> frame.put(IP, (byte)0x70)), NOT_TAKEN),
            new Case("IPv6 source that is loopback", from("::1"), DropReason.BAD_ADDRESS),
            new Case("IPv6 source that is multicast", from("ff02::1"), DropReason.BAD_ADDRESS),
            new Case("IPv6 hop limit 1",
                Wire.request(true).timeToLive(1).udp(PORT, 53, new byte[8]).build(), WorkerCounter.ANSWERED),
            new Case("IPv6 UDP length beyond the packet",
                changed(udp6(), frame -> frame.putShort(UDP6 + 4, (short)99)), DropReason.BAD_L4_HEADER),
            new Case("IPv6 UDP without payload",
                Wire.request(true).udp(PORT, 53, new byte[0]).build(), WorkerCounter.FORWARDED));
    }

    private static Stream<Case> transportCases()
    {
        return Stream.of(
            new Case("UDP length beyond the packet",
                changed(udp(), frame -> frame.putShort(UDP4 + 4, (short)99)), DropReason.BAD_L4_HEADER),
            new Case("UDP length 7",
                changed(udp(), frame -> frame.putShort(UDP4 + 4, (short)7)), DropReason.BAD_L4_HEADER),
            new Case("UDP without payload",
                Wire.request(false).udp(PORT, 53, new byte[0]).build(), WorkerCounter.FORWARDED),
            new Case("TCP data offset 16",
                changed(tcp(SYN), frame -> frame.put(UDP4 + 12, (byte)0x40)), DropReason.BAD_L4_HEADER),
            new Case("TCP data offset beyond the packet",
                changed(tcp(ACK), frame -> frame.put(UDP4 + 12, (byte)0xF0)), DropReason.BAD_L4_HEADER),
            new Case("TCP cut off after the ports", Wire.request(false)
                .raw(FrameBuilder.TCP, Arrays.copyOfRange(tcp(SYN), UDP4, UDP4 + 8)).build(), DropReason.TRUNCATED),
            new Case("TCP without a flag", tcp(0), DropReason.BAD_TCP_FLAGS),
            new Case("TCP SYN and FIN", tcp(SYN | FIN), DropReason.BAD_TCP_FLAGS),
            new Case("TCP SYN and RST", tcp(SYN | RST), DropReason.BAD_TCP_FLAGS),
            new Case("TCP ACK of no connection", tcp(ACK), WorkerCounter.ANSWERED),
            new Case("TCP RST of no connection", tcp(RST), DropReason.NO_CONNECTION));
    }

    private static Stream<Case> sizeCases()
    {
        return Stream.of(
            new Case("jumbo frame that must not be fragmented",
                Wire.request(false).udp(PORT, 53, new byte[9_000]).build(), WorkerCounter.ANSWERED),
            new Case("jumbo frame that may be fragmented",
                Wire.request(false).fragment(5, 0).udp(PORT, 53, new byte[9_000]).build(), DropReason.TOO_BIG),
            new Case("jumbo frame over IPv6",
                Wire.request(true).udp(PORT, 53, new byte[9_000]).build(), WorkerCounter.ANSWERED),
            new Case("largest IPv4 packet",
                Wire.request(false).udp(PORT, 53, new byte[65_507]).build(), WorkerCounter.ANSWERED),
            new Case("bytes after the packet's end", Arrays.copyOf(udp(), 200), WorkerCounter.FORWARDED));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldHaveTheFateOfTheTable(final Case packet)
    {
        final long received = running.sum(WorkerCounter.RECEIVED);
        final long before = count(packet.fate());

        wire.fromClient(packet.frame());

        if (NOT_TAKEN.equals(packet.fate()))
        {
            // What is taken after it was not overtaken: so it has been looked at.
            wire.fromClient(tcp(RST));
            awaitReceived(received + 1);
            assertThat(running.sum(WorkerCounter.RECEIVED)).isEqualTo(received + 1);
        }
        else
        {
            awaitReceived(received + 1);
            running.assertConservation();
            assertThat(count(packet.fate())).as(() -> running.headrace().ctl("stats")).isEqualTo(before + 1);
        }
    }

    @Test
    void shouldSurviveRandomBytes()
    {
        final Random random = new Random(SEED);
        final long received = running.sum(WorkerCounter.RECEIVED);
        for (int i = 0; i < FUZZ_FRAMES; i++)
        {
            final byte[] frame = random.nextBoolean() ?
                tcp(PORT + 1, random.nextInt(64)) : random.nextBoolean() ? udp() : udp6();
            final int changes = 1 + random.nextInt(4);
            for (int change = 0; change < changes; change++)
            {
                frame[IP + random.nextInt(frame.length - IP)] = (byte)random.nextInt();
            }
            final byte[] sent = Arrays.copyOf(frame, IP + 1 + random.nextInt(frame.length - IP));
            wire.fromClient(sent);
        }
        wire.fromClient(tcp(RST));

        Await.until("seed " + SEED + ": frames received", RunningLab.LIMIT,
            () -> running.sum(WorkerCounter.RECEIVED) > received);
        running.assertConservation();
        assertThat(HttpLoad.start(running.lab().client(), RunningLab.HTTP_TARGET, 2, 1, 100).join().failures())
            .as("seed " + SEED).isEmpty();
        assertThat(Processes.dataPlane(running.headrace()).isAlive()).isTrue();
    }

    private static void awaitReceived(final long count)
    {
        Await.until(() -> "the packet is received: " + running.headrace().ctl("stats"), RunningLab.LIMIT,
            () -> running.sum(WorkerCounter.RECEIVED) >= count);
    }

    private static long count(final Object fate)
    {
        return switch (fate)
        {
            case final DropReason reason -> running.sum(reason);
            case final WorkerCounter counter -> running.sum(counter);
            default -> 0;
        };
    }

    private static byte[] udp()
    {
        return Wire.request(false).udp(PORT, 53, new byte[20]).build();
    }

    private static byte[] udp6()
    {
        return Wire.request(true).udp(PORT, 53, new byte[20]).build();
    }

    private static byte[] tcp(final int flags)
    {
        return tcp(PORT, flags);
    }

    private static byte[] tcp(final int port, final int flags)
    {
        return Wire.request(false).tcp(port, 80, flags, 1, 1, new byte[0]).build();
    }

    private static byte[] from(final String source)
    {
        return Wire.requestFrom(source).udp(PORT, 53, new byte[8]).build();
    }

    private static byte[] changed(final byte[] frame, final Consumer<ByteBuffer> change)
    {
        change.accept(ByteBuffer.wrap(frame));
        return frame;
    }

    /** Changed in a way that only the changed field gives away: the header checksum is right again. */
    private static byte[] mended(final byte[] frame, final Consumer<ByteBuffer> change)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        change.accept(buffer);
        buffer.putShort(IP + 10, (short)0);
        buffer.putShort(IP + 10, (short)Checksum.fold(Checksum.sum(buffer, IP, IPV4_LENGTH)));
        return frame;
    }

    private static byte[] tagged(final byte[] frame)
    {
        return ByteBuffer.allocate(frame.length + 4).put(frame, 0, 12).putInt(0x8100_0005)
            .put(frame, 12, frame.length - 12).array();
    }
}
