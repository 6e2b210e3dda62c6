package org.headrace.perf.load;

import org.headrace.perf.wire.FrameBuilder;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The XDP program of {@link PacketGenerator}: keeps to the rate, chooses one of several frames by weight, writes its
 * headers with a random source address and port, mends the checksums, and redirects it into an interface.
 *
 * <p>Opcodes are those of the eBPF instruction set (RFC 9669); an instruction is opcode, registers, offset, immediate.
 * The map's only value is {when the next frame is due, frames sent, bytes sent}; what comes too early is dropped, which
 * costs next to nothing. Registers: r6 the frame, r8 the map's value, r9 the context.
 */
final class LiveFrameProgram
{
    static final int STATE_LENGTH = 24;
    static final int SENT_OFFSET = 8;
    static final int BYTES_OFFSET = 16;
    static final int FIRST_PORT = 1024;

    /**
     * A generator that was kept waiting for its CPU must not make up for it with a burst that no queue holds: a veth
     * has 256 places. At rates from 100 000 a second on even a short wait is more, and the rate is what counts.
     */
    private static final int MAX_OVERDUE_FRAMES = 200;
    private static final int SLOW_INTERVAL_NS = 10_000;
    private static final int XDP_DROP = 1;
    private static final int HELPER_MAP_LOOKUP = 1;
    private static final int HELPER_KTIME = 5;
    private static final int HELPER_RANDOM = 7;
    private static final int HELPER_REDIRECT = 23;
    private static final int HELPER_ADJUST_TAIL = 65;
    private static final int IPV4_CHECKSUM = FrameBuilder.ETHERNET_LENGTH + 10;
    private static final int IPV4_SOURCE_LOW = FrameBuilder.ETHERNET_LENGTH + 14;
    private static final int IPV6_SOURCE_LOW = FrameBuilder.ETHERNET_LENGTH + 22;
    private static final int UDP_HEADER = 8;
    private static final int UDP_CHECKSUM = 6;

    private final List<byte[]> frames;
    private final List<Integer> weights;
    private final int portMask;
    private final int addressMask;
    private final int longest;

    /**
     * @param frames      UDP over IPv4 without options, or over IPv6.
     * @param weights     of each.
     * @param portMask    bits of the source port that are random.
     * @param addressMask bits of the source address that are random, at most 16.
     */
    LiveFrameProgram(
        final List<byte[]> frames, final List<Integer> weights, final int portMask, final int addressMask)
    {
        this.frames = frames;
        this.weights = weights;
        this.portMask = portMask;
        this.addressMask = addressMask;
        longest = frames.stream().mapToInt(frame -> frame.length).max().orElseThrow();
    }

    long[] code(final int state, final int interfaceIndex, final int intervalNs)
    {
        final List<long[]> blocks = new ArrayList<>();
        for (final byte[] frame : frames)
        {
            blocks.add(block(frame, interfaceIndex));
        }
        return Stream.concat(Stream.of(lookUp(state), pace(intervalNs), choose(blocks)), blocks.stream())
            .flatMapToLong(LongStream::of).toArray();
    }

    private static long[] lookUp(final int state)
    {
        return new long[]{
            instruction(0xBF, 9, 1, 0, 0),                           // r9 = context
            instruction(0x62, 10, 0, -4, 0),                         // key on the stack = 0
            instruction(0xBF, 2, 10, 0, 0),                          // r2 = frame pointer
            instruction(0x07, 2, 0, 0, -4),                          // r2 -= 4
            instruction(0x18, 1, 1, 0, state), 0L,                   // r1 = the map
            instruction(0x85, 0, 0, 0, HELPER_MAP_LOOKUP),           // r0 = bpf_map_lookup_elem(r1, r2)
            instruction(0x55, 0, 0, 1, 0),                           // if r0 != 0 skip the next
            instruction(0x95, 0, 0, 0, 0),                           // return r0, which is XDP_ABORTED
            instruction(0xBF, 8, 0, 0, 0),                           // r8 = state
        };
    }

    private static long[] pace(final int intervalNs)
    {
        final int overdueNs = intervalNs <= SLOW_INTERVAL_NS ? Integer.MAX_VALUE :
            (int)Math.min(Integer.MAX_VALUE, (long)MAX_OVERDUE_FRAMES * intervalNs);
        return new long[]{
            instruction(0x85, 0, 0, 0, HELPER_KTIME),                // r0 = bpf_ktime_get_ns()
            instruction(0x79, 3, 8, 0, 0),                           // r3 = when due
            instruction(0x55, 3, 0, 1, 0),                           // if r3 != 0 skip the next
            instruction(0xBF, 3, 0, 0, 0),                           // r3 = now
            instruction(0xBF, 2, 0, 0, 0),                           // r2 = now
            instruction(0x17, 2, 0, 0, overdueNs),                   // r2 -= the most that is caught up with
            instruction(0x3D, 3, 2, 1, 0),                           // if r3 >= r2 skip the next
            instruction(0xBF, 3, 2, 0, 0),                           // r3 = r2
            instruction(0xBD, 3, 0, 2, 0),                           // if r3 <= now skip the next two
            instruction(0xB7, 0, 0, 0, XDP_DROP),                    // r0 = XDP_DROP
            instruction(0x95, 0, 0, 0, 0),                           // return r0
            instruction(0x07, 3, 0, 0, intervalNs),                  // r3 += interval
            instruction(0x7B, 8, 3, 0, 0),                           // when due = r3
            instruction(0x79, 3, 8, SENT_OFFSET, 0),                 // r3 = sent
            instruction(0x07, 3, 0, 0, 1),                           // r3 += 1
            instruction(0x7B, 8, 3, SENT_OFFSET, 0),                 // sent = r3
        };
    }

    /** Jumps to the block of a frame that is chosen by weight; to the first, which is next, if there is only one. */
    private long[] choose(final List<long[]> blocks)
    {
        if (blocks.size() == 1)
        {
            return new long[0];
        }
        final int total = weights.stream().mapToInt(Integer::intValue).sum();
        final int choices = blocks.size() - 1;
        final long[] code = new long[2 + choices];
        code[0] = instruction(0x85, 0, 0, 0, HELPER_RANDOM);         // r0 = bpf_get_prandom_u32()
        code[1] = instruction(0x97, 0, 0, 0, total);                 // r0 %= total
        int above = total;
        int distance = blocks.stream().mapToInt(block -> block.length).sum();
        for (int i = 0; i < choices; i++)
        {
            // From the last frame down; what no jump takes falls into the first block.
            final int frame = choices - i;
            above -= weights.get(frame);
            distance -= blocks.get(frame).length;
            // if r0 >= above jump over the other choices and the blocks before
            code[2 + i] = instruction(0x35, 0, 0, choices - 1 - i + distance, above);
        }
        return code;
    }

    private long[] block(final byte[] frame, final int interfaceIndex)
    {
        final long[] shorten = frame.length == longest ? new long[0] : new long[]{
            instruction(0xBF, 1, 9, 0, 0),                           // r1 = context
            instruction(0xB7, 2, 0, 0, frame.length - longest),      // r2 = difference
            instruction(0x85, 0, 0, 0, HELPER_ADJUST_TAIL),          // bpf_xdp_adjust_tail(r1, r2)
        };
        final int headers = headersLength(frame);
        final long[] check = {
            instruction(0x61, 6, 9, 0, 0),                           // r6 = context->data
            instruction(0x61, 7, 9, 4, 0),                           // r7 = context->data_end
            instruction(0xBF, 2, 6, 0, 0),                           // r2 = r6
            instruction(0x07, 2, 0, 0, headers),                     // r2 += length of the headers
            instruction(0xBD, 2, 7, 2, 0),                           // if r2 <= r7 skip the next two
            instruction(0xB7, 0, 0, 0, XDP_DROP),                    // r0 = XDP_DROP
            instruction(0x95, 0, 0, 0, 0),                           // return r0
            instruction(0x79, 3, 8, BYTES_OFFSET, 0),                // r3 = bytes
            instruction(0x07, 3, 0, 0, frame.length),                // r3 += length
            instruction(0x7B, 8, 3, BYTES_OFFSET, 0),                // bytes = r3
        };
        final long[] redirect = {
            instruction(0xB7, 1, 0, 0, interfaceIndex),              // r1 = interface
            instruction(0xB7, 2, 0, 0, 0),                           // r2 = 0
            instruction(0x85, 0, 0, 0, HELPER_REDIRECT),             // r0 = bpf_redirect(r1, r2)
            instruction(0x95, 0, 0, 0, 0),                           // return r0
        };
        return Stream.of(shorten, check, headers(frame), source(frame), redirect)
            .flatMapToLong(LongStream::of).toArray();
    }

    /** Frames are used again after the receiver has freed them, rewritten as it left them: the headers are set anew. */
    private static long[] headers(final byte[] frame)
    {
        final ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        final long[] stores = new long[headersLength(frame) / Integer.BYTES];
        for (int i = 0; i < stores.length; i++)
        {
            // *(u32 *)(r6 + offset) = value
            stores[i] = instruction(0x62, 6, 0, i * Integer.BYTES, bytes.getInt(i * Integer.BYTES));
        }
        return stores;
    }

    /**
     * Random low bits of source port and source address, and the checksums that go with them (RFC 1624). Everything is
     * calculated with the bytes of each word swapped, which one's complement does not mind (RFC 1071 section 2 B).
     */
    private long[] source(final byte[] frame)
    {
        final boolean isIpv6 = isIpv6(frame);
        final int portOffset = transportOffset(frame);
        final int lowOffset = isIpv6 ? IPV6_SOURCE_LOW : IPV4_SOURCE_LOW;
        final ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        final int low = bytes.getShort(lowOffset) & 0xFFFF;
        final int checksum = bytes.getShort(portOffset + UDP_CHECKSUM) & 0xFFFF;
        final int port = bytes.getShort(portOffset) & 0xFFFF;
        final List<long[]> code = new ArrayList<>();
        code.add(new long[]{
            instruction(0x85, 0, 0, 0, HELPER_RANDOM),               // r0 = bpf_get_prandom_u32()
            instruction(0x57, 0, 0, 0, portMask),                    // r0 &= portMask
            instruction(0x07, 0, 0, 0, FIRST_PORT),                  // r0 += FIRST_PORT
            instruction(0xDC, 0, 0, 0, 16),                          // r0 = big-endian 16 bits of r0
            instruction(0x6B, 6, 0, portOffset, 0),                  // *(u16 *)(r6 + port) = r0
            instruction(0xBF, 7, 0, 0, 0),                           // r7 = r0
            instruction(0x07, 7, 0, 0, complement(port)),            // r7 -= the port that was there
        });
        if (addressMask != 0)
        {
            code.add(new long[]{
                instruction(0x85, 0, 0, 0, HELPER_RANDOM),           // r0 = bpf_get_prandom_u32()
                instruction(0x57, 0, 0, 0, addressMask),             // r0 &= addressMask
                instruction(0xDC, 0, 0, 0, 16),                      // r0 = big-endian 16 bits of r0
                instruction(0x47, 0, 0, 0, low),                     // r0 |= the bits that are not random
                instruction(0x6B, 6, 0, lowOffset, 0),               // *(u16 *)(r6 + low half of the source) = r0
                instruction(0x07, 0, 0, 0, complement(low)),         // r0 -= what was there
                instruction(0x0F, 7, 0, 0, 0),                       // r7 += r0
            });
            if (!isIpv6)
            {
                code.add(mend(0, IPV4_CHECKSUM, bytes.getShort(IPV4_CHECKSUM) & 0xFFFF));
            }
        }
        if (checksum != 0)
        {
            code.add(mend(7, portOffset + UDP_CHECKSUM, checksum));
        }
        return code.stream().flatMapToLong(LongStream::of).toArray();
    }

    /** Adds the difference in a register, which it uses up, to a checksum. */
    private static long[] mend(final int register, final int offset, final int checksum)
    {
        return new long[]{
            instruction(0x07, register, 0, 0, complement(checksum)), // register += sum that was there
            instruction(0xBF, 1, register, 0, 0),                    // r1 = register
            instruction(0x77, 1, 0, 0, 16),                          // r1 >>= 16
            instruction(0x57, register, 0, 0, 0xFFFF),               // register &= 0xFFFF
            instruction(0x0F, register, 1, 0, 0),                    // register += r1
            instruction(0xBF, 1, register, 0, 0),                    // r1 = register
            instruction(0x77, 1, 0, 0, 16),                          // r1 >>= 16
            instruction(0x0F, register, 1, 0, 0),                    // register += r1
            instruction(0xA7, register, 0, 0, 0xFFFF),               // register ^= 0xFFFF
            instruction(0x57, register, 0, 0, 0xFFFF),               // register &= 0xFFFF
            instruction(0x55, register, 0, 1, 0),                    // if register != 0 skip the next
            instruction(0xB7, register, 0, 0, 0xFFFF),               // register = 0xFFFF: 0 means no checksum (RFC 768)
            instruction(0x6B, 6, register, offset, 0),               // *(u16 *)(r6 + offset) = register
        };
    }

    private static int complement(final int word)
    {
        return ~word & 0xFFFF;
    }

    private static boolean isIpv6(final byte[] frame)
    {
        return (frame[FrameBuilder.ETHERNET_LENGTH] & 0xF0) == 0x60;
    }

    private static int transportOffset(final byte[] frame)
    {
        return FrameBuilder.ETHERNET_LENGTH + (isIpv6(frame) ? FrameBuilder.IPV6_LENGTH : FrameBuilder.IPV4_LENGTH);
    }

    /** Up to the end of the UDP header, and to the end of the four bytes that are stored at a time. */
    static int headersLength(final byte[] frame)
    {
        return transportOffset(frame) + UDP_HEADER + Integer.BYTES - 1 & -Integer.BYTES;
    }

    private static long instruction(
        final int opcode, final int target, final int source, final int offset, final int immediate)
    {
        return opcode | (long)target << 8 | (long)source << 12 | (offset & 0xFFFFL) << 16 |
            (long)immediate << Integer.SIZE;
    }
}
