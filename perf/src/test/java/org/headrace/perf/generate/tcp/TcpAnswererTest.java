package org.headrace.perf.generate.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.perf.generate.link.FrameLink;
import org.headrace.perf.generate.link.NeighbourAnswers;
import org.headrace.perf.wire.FrameBuilder;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Single frames for the answerer, made independently of it. */
class TcpAnswererTest
{
    private static final String MAC = "02:00:00:00:00:02";
    private static final String PEER_MAC = "02:00:00:00:00:01";
    private static final long MAC_VALUE = 0x02_00_00_00_00_02L;
    private static final String ADDRESS = "10.2.1.2";
    private static final String PEER = "10.16.3.4";
    private static final String ADDRESS6 = "fd00:2:1::2";
    private static final String PEER6 = "fd00:1::77";
    private static final int PORT = 8_080;
    private static final byte[] NONE = {};

    private final MemoryWire wire = new MemoryWire();
    private final TcpAnswerer answerer =
        new TcpAnswerer(wire.server(), MAC_VALUE, PORT, new Payload("pong!".getBytes()));

    @Test
    void shouldAnswerARepeatedSynTheSame()
    {
        final byte[] syn = tcp(FrameBuilder.SYN, 1_000, 0, NONE);
        final Segment first = segment(ask(syn));
        final Segment second = segment(ask(syn));
        assertThat(first.flags).isEqualTo(Tcp.SYN | Tcp.ACK);
        assertThat(first.acknowledgement).isEqualTo(1_001);
        assertThat(second.sequence).isEqualTo(first.sequence);
        assertThat(first.targetPort).isEqualTo(4_000);
        assertThat(first.sourcePort).isEqualTo(PORT);
    }

    @Test
    void shouldAnswerDataWithItsResponse()
    {
        final byte[] answer = ask(tcp(FrameBuilder.ACK | FrameBuilder.PSH, 1_001, 77, "ping".getBytes()));
        final Segment segment = segment(answer);
        assertThat(segment.acknowledgement).isEqualTo(1_005);
        assertThat(segment.sequence).isEqualTo(77);
        assertThat(new String(answer, answer.length - 5, 5)).isEqualTo("pong!");
    }

    @Test
    void shouldAnswerAFinWithAFin()
    {
        final Segment segment = segment(ask(tcp(FrameBuilder.ACK | FrameBuilder.FIN, 2_000, 99, NONE)));
        assertThat(segment.flags).isEqualTo(Tcp.FIN | Tcp.ACK);
        assertThat(segment.sequence).isEqualTo(99);
        assertThat(segment.acknowledgement).isEqualTo(2_001);
    }

    @Test
    void shouldNotAnswerAcknowledgementsResetsOrOthersFrames()
    {
        assertThat(ask(tcp(FrameBuilder.ACK, 1, 1, NONE))).isNull();
        assertThat(ask(tcp(FrameBuilder.RST, 1, 1, NONE))).isNull();
        assertThat(ask(new FrameBuilder(PEER_MAC, MAC, PEER, ADDRESS)
            .tcp(4_000, PORT + 1, FrameBuilder.SYN, 1, 0, NONE).build())).isNull();
        assertThat(ask(new FrameBuilder(PEER_MAC, "02:00:00:00:00:09", PEER, ADDRESS)
            .tcp(4_000, PORT, FrameBuilder.SYN, 1, 0, NONE).build())).isNull();
    }

    @Test
    void shouldSendDatagramsBack()
    {
        for (final boolean isIpv6 : new boolean[]{false, true})
        {
            final byte[] question = new FrameBuilder(PEER_MAC, MAC, isIpv6 ? PEER6 : PEER, isIpv6 ? ADDRESS6 : ADDRESS)
                .udp(4_000, PORT, "odd length".substring(1).getBytes()).build();
            final byte[] expected =
                new FrameBuilder(MAC, PEER_MAC, isIpv6 ? ADDRESS6 : ADDRESS, isIpv6 ? PEER6 : PEER)
                    .fragment(0, 0x4000).udp(PORT, 4_000, "odd length".substring(1).getBytes()).build();
            final byte[] answer = ask(question);
            // The flow label is not sent back.
            Arrays.fill(expected, FrameBuilder.ETHERNET_LENGTH + 1, FrameBuilder.ETHERNET_LENGTH + 4, (byte)0);
            Arrays.fill(answer, FrameBuilder.ETHERNET_LENGTH + 1, FrameBuilder.ETHERNET_LENGTH + 4, (byte)0);
            assertThat(HexFormat.of().formatHex(answer)).isEqualTo(HexFormat.of().formatHex(expected));
        }
    }

    @Test
    void shouldTakeHostileBytesWithoutHarm()
    {
        final Random random = new Random(7);
        final byte[] good = tcp(FrameBuilder.ACK | FrameBuilder.PSH, 1_001, 77, "ping".getBytes());
        final byte[] datagram = new FrameBuilder(PEER_MAC, MAC, PEER6, ADDRESS6).udp(4_000, PORT, new byte[9]).build();
        for (int i = 0; i < 100_000; i++)
        {
            final byte[] bad = (i % 2 == 0 ? good : datagram).clone();
            for (int change = 0; change < 3; change++)
            {
                bad[6 + random.nextInt(bad.length - 6)] = (byte)random.nextInt();
            }
            deliver(Arrays.copyOf(bad, random.nextInt(bad.length + 1)));
        }
        assertThat(answerer.requests() + answerer.syns() + answerer.fins() + answerer.datagrams()).isPositive();
    }

    @Test
    void shouldAnswerWhoAsksForTheirMac()
    {
        final NeighbourAnswers neighbours = new NeighbourAnswers(MAC_VALUE, false, 0, 0x0A10_0000L, 256);
        final byte[] question = HexFormat.of().parseHex(
            "ffffffffffff" + "020000000001" + "0806" + "0001080006040001" + "020000000001" + "0a010001" +
            "000000000000" + "0a100080");
        assertThat(HexFormat.of().formatHex(ask(neighbours, question))).isEqualTo(
            "020000000001" + "020000000002" + "0806" + "0001080006040002" + "020000000002" + "0a100080" +
            "020000000001" + "0a010001");
        question[question.length - 2] = 1;
        assertThat(ask(neighbours, question)).isNull();
    }

    @Test
    void shouldAdvertiseNeighboursOfIpv6()
    {
        final NeighbourAnswers neighbours =
            new NeighbourAnswers(MAC_VALUE, true, 0xFD00_0001_0000_0000L, 0x100L, 256);
        final byte[] target = HexFormat.of().parseHex("fd000001000000000000000000000180");
        final byte[] body = ByteBuffer.allocate(32).putInt(135 << 24).putInt(0).put(target)
            .put(HexFormat.of().parseHex("0101020000000001")).array();
        final byte[] question = new FrameBuilder(PEER_MAC, "33:33:ff:00:01:80", PEER6, "ff02::1:ff00:180")
            .raw(58, body).build();
        final ByteBuffer answer = ByteBuffer.wrap(ask(neighbours, question));
        assertThat(answer.get(FrameBuilder.ETHERNET_LENGTH + 7)).as("hop limit").isEqualTo((byte)255);
        assertThat(answer.get(54)).as("type").isEqualTo((byte)136);
        assertThat(answer.getInt(58)).as("flags").isEqualTo(0x60000000);
        assertThat(answer.getLong(78)).as("option").isEqualTo(0x0201_0200_0000_0002L);
    }

    private byte[] ask(final byte[] frame)
    {
        deliver(frame);
        return next();
    }

    private byte[] ask(final NeighbourAnswers neighbours, final byte[] frame)
    {
        final FrameLink link = wire.server();
        try (var arena = Arena.ofConfined())
        {
            final MemorySegment memory = arena.allocate(frame.length).copyFrom(MemorySegment.ofArray(frame));
            neighbours.onFrame(memory.address(), frame.length, link);
        }
        return next();
    }

    private void deliver(final byte[] frame)
    {
        try (var arena = Arena.ofConfined())
        {
            final MemorySegment memory = arena.allocate(Math.max(1, frame.length));
            MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 0, frame.length);
            answerer.onFrame(memory.address(), frame.length);
        }
    }

    private byte[] next()
    {
        wire.pass(TimeUnit.SECONDS.toNanos(1));
        final byte[][] received = new byte[1][];
        wire.client().receive((frame, lengthBytes) ->
            received[0] = NativeMemory.segment(frame, lengthBytes).toArray(ValueLayout.JAVA_BYTE), 1);
        return received[0];
    }

    private static Segment segment(final byte[] frame)
    {
        final Segment segment = new Segment();
        try (var arena = Arena.ofConfined())
        {
            final MemorySegment memory = arena.allocate(frame.length).copyFrom(MemorySegment.ofArray(frame));
            assertThat(segment.read(memory.address(), frame.length)).isTrue();
        }
        return segment;
    }

    private static byte[] tcp(final int flags, final int sequence, final int acknowledgement, final byte[] data)
    {
        return new FrameBuilder(PEER_MAC, MAC, PEER, ADDRESS)
            .tcp(4_000, PORT, flags, sequence, acknowledgement, data).build();
    }
}
