package org.headrace.perf.load;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.perf.lab.NetworkNamespace;
import org.headrace.perf.wire.FrameBuilder;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Sends copies of one UDP frame as fast as one core of the kernel can, each with a random source port, and if wanted
 * a random source address: a small XDP program that sets them and redirects into the interface, run by
 * {@code BPF_PROG_TEST_RUN} with live frames (linux/bpf.h, {@code BPF_F_TEST_XDP_LIVE_FRAMES}).
 *
 * <p>The frame must be IPv4 without options and without UDP checksum, since the program mends none. On veth the other
 * end must have GRO on, or the frames do not arrive.
 */
public final class PacketGenerator
{
    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_LOOKUP_ELEM = 1;
    private static final int BPF_MAP_TYPE_ARRAY = 2;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_TEST_RUN = 10;
    private static final int BPF_PROG_TYPE_XDP = 6;
    private static final int LIVE_FRAMES = 1 << 1;
    private static final int ATTRIBUTES_LENGTH = 128;
    private static final int XDP_BATCH = 64;
    private static final int STATE_LENGTH = 16;
    private static final int REPEAT = 1 << 20;
    private static final int FIRST_PORT = 1024;
    private static final int XDP_DROP = 1;
    // Ethernet, IPv4 and UDP are 42 bytes; four at a time are set.
    private static final int HEADERS_LENGTH = 44;
    private static final int CHECKSUM_OFFSET = FrameBuilder.ETHERNET_LENGTH + 10;
    private static final int SOURCE_LOW_OFFSET = FrameBuilder.ETHERNET_LENGTH + 14;
    private static final int SOURCE_PORT_OFFSET = FrameBuilder.ETHERNET_LENGTH + FrameBuilder.IPV4_LENGTH;

    private final NetworkNamespace host;
    private final String interfaceName;
    private final byte[] frame;
    private final int flowMask;
    private final int addressMask;

    /**
     * @param host          to send from.
     * @param interfaceName to send into.
     * @param frame         to send.
     * @param flows         how many source ports, a power of two, at most 32768.
     */
    public PacketGenerator(
        final NetworkNamespace host, final String interfaceName, final byte[] frame, final int flows)
    {
        this(host, interfaceName, frame, flows, 1);
    }

    /**
     * @param host          to send from.
     * @param interfaceName to send into.
     * @param frame         to send; with several addresses its source must end in two bytes of zero.
     * @param flows         how many source ports, a power of two, at most 32768.
     * @param addresses     how many source addresses from the frame's on, a power of two, at most 65536.
     */
    public PacketGenerator(
        final NetworkNamespace host, final String interfaceName, final byte[] frame, final int flows,
        final int addresses)
    {
        if (Integer.bitCount(flows) != 1 || flows > 1 << 15)
        {
            throw new IllegalArgumentException("flows=" + flows + " (expected: power of two <= 32768)");
        }
        if (Integer.bitCount(addresses) != 1 || addresses > 1 << 16)
        {
            throw new IllegalArgumentException("addresses=" + addresses + " (expected: power of two <= 65536)");
        }
        this.addressMask = addresses - 1;
        this.host = host;
        this.interfaceName = interfaceName;
        this.frame = frame.clone();
        this.flowMask = flows - 1;
    }

    /**
     * Sends for a while, from the calling thread's core or the given one.
     *
     * @param cpu              to send from.
     * @param packetsPerSecond to keep to; {@code Long.MAX_VALUE} for as fast as it goes.
     * @param durationNs       how long.
     * @return how many frames were sent.
     */
    public long run(final int cpu, final long packetsPerSecond, final long durationNs)
    {
        return host.call(() ->
        {
            ThreadAffinity.pinCurrentThread(cpu);
            try (Arena arena = Arena.ofConfined())
            {
                return send(arena, packetsPerSecond, durationNs);
            }
        });
    }

    private long send(final Arena arena, final long packetsPerSecond, final long durationNs)
    {
        final int state = createState(arena);
        final int program = load(arena, state, NetworkLink.find(interfaceName).index(),
            (int)(TimeUnit.SECONDS.toNanos(1) / packetsPerSecond));
        try
        {
            final MemorySegment attributes = testRun(arena, program);
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < durationNs)
            {
                Syscall.check("bpf(PROG_TEST_RUN)",
                    Syscall.bpf(BPF_PROG_TEST_RUN, attributes.address(), ATTRIBUTES_LENGTH));
            }
            return sent(arena, state);
        }
        finally
        {
            Syscall.close(program);
            Syscall.close(state);
        }
    }

    private static int createState(final Arena arena)
    {
        // map_type 0, key_size 4, value_size 8, max_entries 12.
        final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
        attributes.set(JAVA_INT, 0, BPF_MAP_TYPE_ARRAY);
        attributes.set(JAVA_INT, 4, Integer.BYTES);
        attributes.set(JAVA_INT, 8, STATE_LENGTH);
        attributes.set(JAVA_INT, 12, 1);
        return (int)Syscall.check("bpf(MAP_CREATE, generator)",
            Syscall.bpf(BPF_MAP_CREATE, attributes.address(), ATTRIBUTES_LENGTH));
    }

    private static long sent(final Arena arena, final int state)
    {
        final MemorySegment value = arena.allocate(STATE_LENGTH, Long.BYTES);
        // map_fd 0, key 8, value 16.
        final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
        attributes.set(JAVA_INT, 0, state);
        attributes.set(JAVA_LONG, 8, arena.allocate(Integer.BYTES).address());
        attributes.set(JAVA_LONG, 16, value.address());
        Syscall.check("bpf(MAP_LOOKUP_ELEM)",
            Syscall.bpf(BPF_MAP_LOOKUP_ELEM, attributes.address(), ATTRIBUTES_LENGTH));
        return value.get(JAVA_LONG, 8);
    }

    private MemorySegment testRun(final Arena arena, final int program)
    {
        final MemorySegment data = arena.allocate(frame.length, Long.BYTES);
        MemorySegment.copy(frame, 0, data, JAVA_BYTE, 0, frame.length);
        // struct test of union bpf_attr: prog_fd 0, data_size_in 8, data_in 16, repeat 32, flags 64, batch_size 72.
        final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
        attributes.set(JAVA_INT, 0, program);
        attributes.set(JAVA_INT, 8, frame.length);
        attributes.set(JAVA_LONG, 16, data.address());
        attributes.set(JAVA_INT, 32, REPEAT);
        attributes.set(JAVA_INT, 64, LIVE_FRAMES);
        attributes.set(JAVA_INT, 72, XDP_BATCH);
        return attributes;
    }

    private int load(final Arena arena, final int state, final int interfaceIndex, final int intervalNs)
    {
        final long[] code = program(state, interfaceIndex, intervalNs);
        final MemorySegment instructions = arena.allocate((long)code.length * Long.BYTES, Long.BYTES);
        MemorySegment.copy(code, 0, instructions, JAVA_LONG, 0, code.length);
        // prog_type 0, insn_cnt 4, insns 8, license 16, log_level 24, log_size 28, log_buf 32.
        final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
        attributes.set(JAVA_INT, 0, BPF_PROG_TYPE_XDP);
        attributes.set(JAVA_INT, 4, code.length);
        attributes.set(JAVA_LONG, 8, instructions.address());
        attributes.set(JAVA_LONG, 16, arena.allocateFrom("Apache-2.0").address());
        return (int)Syscall.check("bpf(PROG_LOAD, generator)",
            Syscall.bpf(BPF_PROG_LOAD, attributes.address(), ATTRIBUTES_LENGTH));
    }

    // Opcodes of the eBPF instruction set (RFC 9669); an instruction is opcode, registers, offset, immediate. The state
    // is {when the next frame is due, frames sent}: what comes too early is dropped, which costs next to nothing.
    // Frames are used again after the receiver has freed them, rewritten as it left them: so the headers are set anew.
    private long[] program(final int state, final int interfaceIndex, final int intervalNs)
    {
        final long[] check = {
            instruction(0x61, 6, 1, 0, 0),                           // r6 = context->data
            instruction(0x61, 7, 1, 4, 0),                           // r7 = context->data_end
            instruction(0xBF, 2, 6, 0, 0),                           // r2 = r6
            instruction(0x07, 2, 0, 0, HEADERS_LENGTH),              // r2 += length of the headers
            instruction(0xBD, 2, 7, 2, 0),                           // if r2 <= r7 skip the next two
            instruction(0xB7, 0, 0, 0, XDP_DROP),                    // r0 = XDP_DROP
            instruction(0x95, 0, 0, 0, 0),                           // return r0
            instruction(0x62, 10, 0, -4, 0),                         // key on the stack = 0
            instruction(0xBF, 2, 10, 0, 0),                          // r2 = frame pointer
            instruction(0x07, 2, 0, 0, -4),                          // r2 -= 4
            instruction(0x18, 1, 1, 0, state), 0L,                   // r1 = the map
            instruction(0x85, 0, 0, 0, 1),                           // r0 = bpf_map_lookup_elem(r1, r2)
            instruction(0x55, 0, 0, 1, 0),                           // if r0 != 0 skip the next
            instruction(0x95, 0, 0, 0, 0),                           // return r0, which is XDP_ABORTED
        };
        final long[] pace = {
            instruction(0xBF, 8, 0, 0, 0),                           // r8 = state
            instruction(0x85, 0, 0, 0, 5),                           // r0 = bpf_ktime_get_ns()
            instruction(0x79, 3, 8, 0, 0),                           // r3 = when due
            instruction(0x55, 3, 0, 1, 0),                           // if r3 != 0 skip the next
            instruction(0xBF, 3, 0, 0, 0),                           // r3 = now
            instruction(0xBD, 3, 0, 2, 0),                           // if r3 <= now skip the next two
            instruction(0xB7, 0, 0, 0, XDP_DROP),                    // r0 = XDP_DROP
            instruction(0x95, 0, 0, 0, 0),                           // return r0
            instruction(0x07, 3, 0, 0, intervalNs),                  // r3 += interval
            instruction(0x7B, 8, 3, 0, 0),                           // when due = r3
            instruction(0x79, 3, 8, 8, 0),                           // r3 = sent
            instruction(0x07, 3, 0, 0, 1),                           // r3 += 1
            instruction(0x7B, 8, 3, 8, 0),                           // sent = r3
        };
        final long[] redirect = {
            instruction(0x85, 0, 0, 0, 7),                           // r0 = bpf_get_prandom_u32()
            instruction(0x57, 0, 0, 0, flowMask),                    // r0 &= flowMask
            instruction(0x07, 0, 0, 0, FIRST_PORT),                  // r0 += FIRST_PORT
            instruction(0xDC, 0, 0, 0, 16),                          // r0 = big-endian 16 bits of r0
            instruction(0x6B, 6, 0, SOURCE_PORT_OFFSET, 0),          // *(u16 *)(r6 + port) = r0
            instruction(0xB7, 1, 0, 0, interfaceIndex),              // r1 = interface
            instruction(0xB7, 2, 0, 0, 0),                           // r2 = 0
            instruction(0x85, 0, 0, 0, 23),                          // r0 = bpf_redirect(r1, r2)
            instruction(0x95, 0, 0, 0, 0),                           // return r0
        };
        return Stream.of(check, pace, headers(), sourceAddress(), redirect).flatMapToLong(LongStream::of).toArray();
    }

    /** A random low half of the source address, which was 0, and the header checksum that goes with it (RFC 1624). */
    private long[] sourceAddress()
    {
        final int checksum = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getShort(CHECKSUM_OFFSET);
        return addressMask == 0 ? new long[0] : new long[]{
            instruction(0x85, 0, 0, 0, 7),                           // r0 = bpf_get_prandom_u32()
            instruction(0x57, 0, 0, 0, addressMask),                 // r0 &= addressMask
            instruction(0xDC, 0, 0, 0, 16),                          // r0 = big-endian 16 bits of r0
            instruction(0x6B, 6, 0, SOURCE_LOW_OFFSET, 0),           // *(u16 *)(r6 + low half of the source) = r0
            instruction(0x07, 0, 0, 0, ~checksum & 0xFFFF),          // r0 += sum of the header without it
            instruction(0xBF, 1, 0, 0, 0),                           // r1 = r0
            instruction(0x77, 1, 0, 0, 16),                          // r1 >>= 16
            instruction(0x57, 0, 0, 0, 0xFFFF),                      // r0 &= 0xFFFF
            instruction(0x0F, 0, 1, 0, 0),                           // r0 += r1
            instruction(0xA7, 0, 0, 0, 0xFFFF),                      // r0 ^= 0xFFFF
            instruction(0x6B, 6, 0, CHECKSUM_OFFSET, 0),             // *(u16 *)(r6 + checksum) = r0
        };
    }

    private long[] headers()
    {
        final ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        final long[] stores = new long[HEADERS_LENGTH / Integer.BYTES];
        for (int i = 0; i < stores.length; i++)
        {
            // *(u32 *)(r6 + offset) = value
            stores[i] = instruction(0x62, 6, 0, i * Integer.BYTES, bytes.getInt(i * Integer.BYTES));
        }
        return stores;
    }

    private static long instruction(
        final int opcode, final int target, final int source, final int offset, final int immediate)
    {
        return opcode | (long)target << 8 | (long)source << 12 | (offset & 0xFFFFL) << 16 |
            (long)immediate << Integer.SIZE;
    }
}
