package org.headrace.forwarder.parse;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.forwarder.Frames;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.protocol.Endpoint;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random and mutated frames. What the parser calls sound must lie inside the frame, and what it says must not depend on
 * bytes behind the frame: each frame is parsed twice, with different bytes after its end.
 */
class PacketParserFuzzTest
{
    private static final int ROUNDS = 400_000;
    private static final int MAX_LENGTH = 256;

    private final PacketParser parser = new PacketParser();
    private final ParsedBatch parsed = new ParsedBatch();
    private final PacketBatch batch = new PacketBatch();
    private final MemorySegment memory = Arena.global().allocate(MAX_LENGTH * 4, 64);

    @Test
    void shouldNeverLookBehindTheFrame()
    {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("PacketParserFuzzTest seed=" + seed);
        final SplittableRandom random = new SplittableRandom(seed);
        int sound = 0;
        for (int round = 0; round < ROUNDS; round++)
        {
            final byte[] frame = mutate(template(random), random);
            final int verdict = parse(frame, (byte)0x00);
            final long transportOffset = parsed.transport(0) - batch.address(0);
            final int destinationPort = parsed.destinationPort(0);
            assertThat(parse(frame, (byte)0xFF)).as("seed=%d round=%d", seed, round).isEqualTo(verdict);
            if (verdict == PacketParser.SOUND)
            {
                sound++;
                assertThat(parsed.destinationPort(0)).as("seed=%d round=%d", seed, round).isEqualTo(destinationPort);
                assertThat(transportOffset).isBetween(34L, frame.length - 8L);
                assertThat(parsed.ipLength(0)).isBetween(28, frame.length - 14);
                if (parsed.quoted(0) != 0)
                {
                    assertThat(parsed.quotedTransport(0) - batch.address(0) + 8).isLessThanOrEqualTo(frame.length);
                }
            }
            else
            {
                assertThat(Verdict.isDrop(verdict)).isTrue();
            }
        }
        assertThat(sound).as("mutations must leave some frames sound").isGreaterThan(ROUNDS / 100);
    }

    private int parse(final byte[] frame, final byte behind)
    {
        memory.fill(behind);
        MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, MAX_LENGTH, frame.length);
        batch.address(0, memory.address() + MAX_LENGTH);
        batch.length(0, frame.length);
        assertThat(NativeMemory.getUnsignedByte(batch.address(0) + frame.length)).isEqualTo(behind & 0xFF);
        return parser.parse(batch, 0, parsed);
    }

    private static byte[] template(final SplittableRandom random)
    {
        final boolean isIpv6 = random.nextBoolean();
        final Endpoint client = Endpoint.parse(isIpv6 ? "[fd00:1::2]:40000" : "10.1.0.2:40000");
        final Endpoint virtual = Endpoint.parse(isIpv6 ? "[fd00:99::1]:80" : "10.99.0.1:80");
        return switch (random.nextInt(3))
        {
            case 0 -> Frames.tcp(client, virtual, 0x10, random.nextInt(20));
            case 1 -> Frames.udp(client, virtual, random.nextInt(20));
            default -> Frames.icmpError(client, virtual, isIpv6 ? 2 : 3, 4, Frames.udp(virtual, client, 60));
        };
    }

    private static byte[] mutate(final byte[] frame, final SplittableRandom random)
    {
        for (int changes = random.nextInt(4); changes > 0; changes--)
        {
            frame[12 + random.nextInt(frame.length - 12)] = (byte)random.nextInt();
        }
        if (random.nextInt(4) > 0)
        {
            Frames.fixIpv4Checksum(frame[12] == 8 && (frame[14] & 0xF) * 4 + 14 <= frame.length ? frame : new byte[34]);
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length + 1)) : frame;
    }
}
