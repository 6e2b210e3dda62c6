package org.headrace.forwarder.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.protocol.counters.DropReason.BAD_ADDRESS;
import static org.headrace.protocol.counters.DropReason.BAD_IP_CHECKSUM;
import static org.headrace.protocol.counters.DropReason.BAD_IP_HEADER;
import static org.headrace.protocol.counters.DropReason.BAD_L4_HEADER;
import static org.headrace.protocol.counters.DropReason.BAD_TCP_FLAGS;
import static org.headrace.protocol.counters.DropReason.FRAGMENT;
import static org.headrace.protocol.counters.DropReason.IPV6_EXTENSION;
import static org.headrace.protocol.counters.DropReason.NOT_IP;
import static org.headrace.protocol.counters.DropReason.PROTOCOL_NOT_SERVED;
import static org.headrace.protocol.counters.DropReason.TRUNCATED;

import org.headrace.forwarder.Frames;
import org.headrace.forwarder.TestBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.counters.DropReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

class PacketParserTest
{
    private static final Endpoint CLIENT = Endpoint.parse("10.1.0.2:40000");
    private static final Endpoint VIRTUAL = Endpoint.parse("10.99.0.1:80");
    private static final Endpoint CLIENT6 = Endpoint.parse("[fd00:1::2]:40000");
    private static final Endpoint VIRTUAL6 = Endpoint.parse("[fd00:99::1]:80");

    private final PacketParser parser = new PacketParser();
    private final ParsedBatch parsed = new ParsedBatch();
    private final TestBatch frames = new TestBatch();

    static Stream<Arguments> badFrames()
    {
        return Stream.of(
            bad("empty frame", TRUNCATED, tcp(), frame -> new byte[0]),
            bad("Ethernet header only", TRUNCATED, tcp(), frame -> Arrays.copyOf(frame, 14)),
            bad("one byte short of an IPv4 header", TRUNCATED, tcp(), frame -> Arrays.copyOf(frame, 33)),
            bad("ARP", NOT_IP, tcp(), frame -> set(frame, 13, 0x06)),
            bad("EtherType IPv4 with version 6", NOT_IP, tcp(), frame -> set(frame, 14, 0x65)),
            bad("IHL below five words", BAD_IP_HEADER, tcp(), frame -> set(frame, 14, 0x44)),
            bad("IHL beyond the total length", BAD_IP_HEADER, tcp(), frame -> set(set(frame, 14, 0x4F), 17, 40)),
            bad("total length below the header", BAD_IP_HEADER, tcp(), frame -> set(set(frame, 16, 0), 17, 19)),
            bad("total length 0, a jumbogram", BAD_IP_HEADER, tcp(), frame -> set(set(frame, 16, 0), 17, 0)),
            bad("total length beyond the frame", TRUNCATED, tcp(), frame -> set(frame, 16, 0xFF)),
            bad("wrong header checksum", BAD_IP_CHECKSUM, tcp(), frame -> set(frame, 24, frame[24] + 1)),
            bad("source 0.0.0.0", BAD_ADDRESS, tcp(), frame -> fix(put(frame, 26, 0, 0, 0, 0))),
            bad("source 127.0.0.1", BAD_ADDRESS, tcp(), frame -> fix(put(frame, 26, 127, 0, 0, 1))),
            bad("source multicast", BAD_ADDRESS, tcp(), frame -> fix(put(frame, 26, 224, 0, 0, 1))),
            bad("source broadcast", BAD_ADDRESS, tcp(), frame -> fix(put(frame, 26, 255, 255, 255, 255))),
            bad("land attack: source is destination", BAD_ADDRESS, tcp(), frame -> fix(put(frame, 26, 10, 99, 0, 1))),
            bad("first fragment", FRAGMENT, tcp(), frame -> fix(set(frame, 20, 0x20))),
            bad("later fragment", FRAGMENT, tcp(), frame -> fix(set(frame, 21, 0x10))),
            bad("GRE", PROTOCOL_NOT_SERVED, tcp(), frame -> fix(set(frame, 23, 47))),
            bad("TCP header cut by total length", TRUNCATED, tcp(), frame -> fix(set(set(frame, 16, 0), 17, 39))),
            bad("TCP data offset below five words", BAD_L4_HEADER, tcp(), frame -> set(frame, 46, 0x40)),
            bad("TCP data offset beyond the packet", BAD_L4_HEADER, tcp(), frame -> set(frame, 46, 0xF0)),
            bad("TCP without flags", BAD_TCP_FLAGS, tcp(), frame -> set(frame, 47, 0)),
            bad("TCP with SYN and FIN", BAD_TCP_FLAGS, tcp(), frame -> set(frame, 47, Tcp.SYN | Tcp.FIN)),
            bad("TCP with SYN and RST", BAD_TCP_FLAGS, tcp(), frame -> set(frame, 47, Tcp.SYN | Tcp.RST)),
            bad("UDP length below its header", BAD_L4_HEADER, udp(), frame -> set(set(frame, 38, 0), 39, 7)),
            bad("UDP length beyond the packet", BAD_L4_HEADER, udp(), frame -> set(frame, 38, 0x10)),
            bad("UDP header cut by total length", TRUNCATED, udp(), frame -> fix(set(set(frame, 16, 0), 17, 27))),
            bad("ICMP echo, which is the kernel's", PROTOCOL_NOT_SERVED, icmp(8), frame -> frame),
            bad("ICMP error that quotes too little", TRUNCATED, icmp(3), frame -> fix(shorten(frame, 27))),
            bad("ICMP error that quotes IPv6", BAD_L4_HEADER, icmp(3), frame -> set(frame, 42, 0x65)),
            bad("ICMP error about a later fragment", FRAGMENT, icmp(3), frame -> set(frame, 49, 1)),
            bad("IPv6 header cut", TRUNCATED, tcp6(), frame -> Arrays.copyOf(frame, 53)),
            bad("IPv6 with version 4", NOT_IP, tcp6(), frame -> set(frame, 14, 0x40)),
            bad("IPv6 payload length 0, a jumbogram", BAD_IP_HEADER, tcp6(), frame -> set(set(frame, 18, 0), 19, 0)),
            bad("IPv6 payload length beyond the frame", TRUNCATED, tcp6(), frame -> set(frame, 18, 1)),
            bad("IPv6 source multicast", BAD_ADDRESS, tcp6(), frame -> set(frame, 22, 0xFF)),
            bad("IPv6 source unspecified", BAD_ADDRESS, tcp6(), frame -> put(frame, 22, new int[16])),
            bad("IPv6 source loopback", BAD_ADDRESS, tcp6(), frame -> set(put(frame, 22, new int[16]), 37, 1)),
            bad("IPv6 fragment", FRAGMENT, tcp6(), frame -> set(frame, 20, 44)),
            bad("IPv6 extension beyond the payload", TRUNCATED, tcp6(), frame -> set(set(frame, 20, 0), 55, 200)),
            bad("IPv6 endless extension headers", IPV6_EXTENSION, udp6(), PacketParserTest::manyExtensions),
            bad("IPv6 no next header", PROTOCOL_NOT_SERVED, tcp6(), frame -> set(frame, 20, 59)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFrames")
    void shouldDropABadFrameForItsReason(final String description, final DropReason reason, final byte[] frame)
    {
        assertThat(Verdict.toString(parse(frame))).as(description).isEqualTo("DROP " + reason);
    }

    @Test
    void shouldFindTheTransportBehindIpv4Options()
    {
        final byte[] plain = tcp();
        final byte[] frame = new byte[plain.length + 8];
        System.arraycopy(plain, 0, frame, 0, 34);
        System.arraycopy(plain, 34, frame, 42, plain.length - 34);
        Arrays.fill(frame, 34, 42, (byte)1);
        set(set(frame, 14, 0x47), 17, plain.length - 14 + 8);
        assertThat(parse(fix(frame))).isEqualTo(PacketParser.SOUND);
        assertThat(parsed.destinationPort(0)).isEqualTo(80);
        assertThat(parsed.transport(0) - parsed.network(0)).isEqualTo(28);
    }

    @Test
    void shouldFindTheTransportBehindIpv6Extensions()
    {
        final byte[] plain = udp6();
        final byte[] frame = new byte[plain.length + 16];
        System.arraycopy(plain, 0, frame, 0, 54);
        System.arraycopy(plain, 54, frame, 70, plain.length - 54);
        set(set(set(frame, 20, 0), 54, 60), 62, 17);
        set(frame, 19, plain.length - 54 + 16);
        assertThat(parse(frame)).isEqualTo(PacketParser.SOUND);
        assertThat(parsed.protocol(0)).isEqualTo(17);
        assertThat(parsed.destinationPort(0)).isEqualTo(80);
    }

    @Test
    void shouldIgnorePaddingOfTheLink()
    {
        assertThat(parse(Arrays.copyOf(tcp(), 200))).isEqualTo(PacketParser.SOUND);
        assertThat(parsed.ipLength(0)).isEqualTo(tcp().length - 14);
    }

    @Test
    void shouldReadAnIcmpErrorAsThePacketItQuotesTurnedRound()
    {
        final byte[] frame = icmp(3);
        assertThat(parse(frame)).isEqualTo(PacketParser.SOUND);
        assertThat((int)parsed.sourceLow(0)).isEqualTo(CLIENT.address().ipv4());
        assertThat((int)parsed.destinationLow(0)).isEqualTo(VIRTUAL.address().ipv4());
        assertThat(parsed.sourcePort(0)).isEqualTo(CLIENT.port());
        assertThat(parsed.destinationPort(0)).isEqualTo(VIRTUAL.port());
        assertThat(parsed.protocol(0)).isEqualTo(6);
        assertThat(parsed.quoted(0)).isNotZero();
    }

    private int parse(final byte[] frame)
    {
        frames.clear().add(frame, 0, 0);
        return parser.parse(frames.batch(), 0, parsed);
    }

    private static Arguments bad(
        final String description, final DropReason reason, final byte[] good, final UnaryOperator<byte[]> spoil)
    {
        return Arguments.of(description, reason, spoil.apply(good));
    }

    private static byte[] tcp()
    {
        return Frames.tcp(CLIENT, VIRTUAL, Tcp.ACK, 4);
    }

    private static byte[] udp()
    {
        return Frames.udp(CLIENT, VIRTUAL, 4);
    }

    private static byte[] tcp6()
    {
        return Frames.tcp(CLIENT6, VIRTUAL6, Tcp.ACK, 4);
    }

    private static byte[] udp6()
    {
        return Frames.udp(CLIENT6, VIRTUAL6, 4);
    }

    private static byte[] icmp(final int type)
    {
        final byte[] about = Frames.tcp(VIRTUAL, CLIENT, Tcp.ACK, 100);
        return Frames.icmpError(Endpoint.parse("10.1.0.9:0"), VIRTUAL, type, 3, about);
    }

    private static byte[] manyExtensions(final byte[] frame)
    {
        final byte[] longer = Arrays.copyOf(frame, 14 + 40 + 8 * 8);
        set(set(longer, 20, 60), 19, 8 * 8);
        for (int i = 0; i < 8; i++)
        {
            put(longer, 54 + 8 * i, 60, 0, 1, 4, 0, 0, 0, 0);
        }
        return longer;
    }

    private static byte[] shorten(final byte[] frame, final int quotedBytes)
    {
        final int ipLength = 20 + 8 + quotedBytes;
        return set(set(frame, 16, ipLength >>> 8), 17, ipLength);
    }

    private static byte[] set(final byte[] frame, final int offset, final int value)
    {
        frame[offset] = (byte)value;
        return frame;
    }

    private static byte[] put(final byte[] frame, final int offset, final int... values)
    {
        for (int i = 0; i < values.length; i++)
        {
            frame[offset + i] = (byte)values[i];
        }
        return frame;
    }

    private static byte[] fix(final byte[] frame)
    {
        Frames.fixIpv4Checksum(frame);
        return frame;
    }
}
