package org.headrace.forwarder.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.Frames;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.Endpoint;
import org.junit.jupiter.api.Test;

class HeadersTest
{
    private static final Endpoint CLIENT = Endpoint.parse("10.1.0.2:40000");
    private static final Endpoint VIRTUAL = Endpoint.parse("10.99.0.1:80");
    private static final Endpoint CLIENT6 = Endpoint.parse("[fd00:1::2]:40000");
    private static final Endpoint VIRTUAL6 = Endpoint.parse("[fd00:99::1]:53");

    private final long memory = NativeMemory.allocate(256, 64);

    @Test
    void shouldReadEveryFieldOfATcpSegment()
    {
        put(Frames.tcp(CLIENT, VIRTUAL, Tcp.SYN | Tcp.ACK, 0x1000_0001, 0x2000_0002, 3));
        final long ip = memory + Ethernet.HEADER_LENGTH;
        assertThat(Ethernet.type(memory)).isEqualTo(Ethernet.TYPE_IPV4);
        assertThat(Ethernet.destination(memory)).isEqualTo(Frames.OUR_MAC);
        assertThat(Ethernet.source(memory)).isEqualTo(Frames.CLIENT_MAC);
        assertThat(Ipv4.version(ip)).isEqualTo(4);
        assertThat(Ipv4.headerLength(ip)).isEqualTo(20);
        assertThat(Ipv4.totalLength(ip)).isEqualTo(43);
        assertThat(Ipv4.identification(ip)).isEqualTo(0x1234);
        assertThat(Ipv4.fragment(ip)).isEqualTo(Ipv4.DONT_FRAGMENT);
        assertThat(Ipv4.ttl(ip)).isEqualTo(64);
        assertThat(Ipv4.protocol(ip)).isEqualTo(IpProtocol.TCP);
        assertThat(Ipv4.source(ip)).isEqualTo(CLIENT.address().ipv4());
        assertThat(Ipv4.destination(ip)).isEqualTo(VIRTUAL.address().ipv4());
        final long tcp = ip + 20;
        assertThat(Ports.source(tcp)).isEqualTo(40000);
        assertThat(Ports.destination(tcp)).isEqualTo(80);
        assertThat(Tcp.headerLength(tcp)).isEqualTo(20);
        assertThat(Tcp.flags(tcp)).isEqualTo(Tcp.SYN | Tcp.ACK);
        assertThat(Tcp.sequence(tcp)).isEqualTo(0x1000_0001);
        assertThat(Tcp.acknowledgement(tcp)).isEqualTo(0x2000_0002);
    }

    @Test
    void shouldReadEveryFieldOfAnIpv6Datagram()
    {
        put(Frames.udp(CLIENT6, VIRTUAL6, 5));
        final long ip = memory + Ethernet.HEADER_LENGTH;
        assertThat(Ethernet.type(memory)).isEqualTo(Ethernet.TYPE_IPV6);
        assertThat(Ipv6.version(ip)).isEqualTo(6);
        assertThat(Ipv6.payloadLength(ip)).isEqualTo(13);
        assertThat(Ipv6.nextHeader(ip)).isEqualTo(IpProtocol.UDP);
        assertThat(Ipv6.hopLimit(ip)).isEqualTo(64);
        assertThat(Ipv6.sourceHigh(ip)).isEqualTo(CLIENT6.address().high());
        assertThat(Ipv6.sourceLow(ip)).isEqualTo(CLIENT6.address().low());
        assertThat(Ipv6.destinationHigh(ip)).isEqualTo(VIRTUAL6.address().high());
        assertThat(Ipv6.destinationLow(ip)).isEqualTo(VIRTUAL6.address().low());
        assertThat(Udp.length(ip + 40)).isEqualTo(13);
    }

    @Test
    void shouldWriteMacAddressesByteForByte()
    {
        Ethernet.destination(memory, 0x0102_0304_0506L);
        Ethernet.source(memory, 0xFFFE_FDFC_FBFAL);
        for (int i = 0; i < 6; i++)
        {
            assertThat(NativeMemory.getUnsignedByte(memory + i)).isEqualTo(i + 1);
            assertThat(NativeMemory.getUnsignedByte(memory + 6 + i)).isEqualTo(0xFF - i);
        }
    }

    private void put(final byte[] frame)
    {
        for (int i = 0; i < frame.length; i++)
        {
            NativeMemory.putByte(memory + i, frame[i]);
        }
    }
}
