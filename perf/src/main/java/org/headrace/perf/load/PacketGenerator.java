package org.headrace.perf.load;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.perf.lab.NetworkNamespace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends copies of a few UDP frames as fast as one core of the kernel can, each with a random source port, and if wanted
 * a random source address: a small XDP program that sets them and redirects into the interface, run by
 * {@code BPF_PROG_TEST_RUN} with live frames (linux/bpf.h, {@code BPF_F_TEST_XDP_LIVE_FRAMES}).
 *
 * <p>On veth the other end must have GRO on, or a program of its own, or the frames do not arrive.
 */
public final class PacketGenerator
{
    /** Most source ports. */
    public static final int MAX_PORTS = 1 << 15;
    /** Most source addresses. */
    public static final int MAX_ADDRESSES = 1 << 16;

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_LOOKUP_ELEM = 1;
    private static final int BPF_MAP_TYPE_ARRAY = 2;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_TEST_RUN = 10;
    private static final int BPF_PROG_TYPE_XDP = 6;
    private static final int LIVE_FRAMES = 1 << 1;
    private static final int ATTRIBUTES_LENGTH = 128;
    private static final int XDP_BATCH = 64;
    /** Frames of one call, those that come too early included: some ten milliseconds of them. */
    private static final int REPEAT = 1 << 17;

    private final NetworkNamespace host;
    private final String interfaceName;
    private final List<byte[]> frames;
    private final LiveFrameProgram program;
    private volatile Sent progress = new Sent(0, 0);

    /**
     * What has been sent.
     *
     * @param packets frames.
     * @param bytes   of them, from the Ethernet header on, without frame check sequence.
     */
    public record Sent(long packets, long bytes)
    {
    }

    /**
     * @param host          to send from.
     * @param interfaceName to send into.
     * @param frame         to send.
     * @param flows         how many source ports, a power of two, at most {@link #MAX_PORTS}.
     */
    public PacketGenerator(
        final NetworkNamespace host, final String interfaceName, final byte[] frame, final int flows)
    {
        this(host, interfaceName, frame, flows, 1);
    }

    /**
     * @param host          to send from.
     * @param interfaceName to send into.
     * @param frame         to send; with several addresses the low bits of its source must be 0.
     * @param flows         how many source ports, a power of two, at most {@link #MAX_PORTS}.
     * @param addresses     how many source addresses from the frame's on, a power of two, at most
     *                      {@link #MAX_ADDRESSES}.
     */
    public PacketGenerator(
        final NetworkNamespace host, final String interfaceName, final byte[] frame, final int flows,
        final int addresses)
    {
        this(host, interfaceName, List.of(frame.clone()), List.of(1), flows, addresses);
    }

    /**
     * @param host          to send from.
     * @param interfaceName to send into.
     * @param frames        to send, UDP over IPv4 without options or over IPv6, at least up to 2 bytes after the UDP
     *                      header, at most 3 000 bytes; with several addresses the low bits of their source must be 0.
     * @param weights       how often each is sent, in proportion to the others.
     * @param flows         how many source ports, a power of two, at most {@link #MAX_PORTS}.
     * @param addresses     how many source addresses, a power of two, at most {@link #MAX_ADDRESSES}.
     */
    public PacketGenerator(
        final NetworkNamespace host, final String interfaceName, final List<byte[]> frames,
        final List<Integer> weights, final int flows, final int addresses)
    {
        if (Integer.bitCount(flows) != 1 || flows > MAX_PORTS)
        {
            throw new IllegalArgumentException("flows=" + flows + " (expected: power of two <= " + MAX_PORTS + ")");
        }
        if (Integer.bitCount(addresses) != 1 || addresses > MAX_ADDRESSES)
        {
            throw new IllegalArgumentException(
                "addresses=" + addresses + " (expected: power of two <= " + MAX_ADDRESSES + ")");
        }
        this.host = host;
        this.interfaceName = interfaceName;
        this.frames = frames;
        program = new LiveFrameProgram(frames, weights, flows - 1, addresses - 1);
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
        host.call(() ->
        {
            ThreadAffinity.pinCurrentThread(cpu);
            try (Arena arena = Arena.ofConfined())
            {
                send(arena, packetsPerSecond, durationNs);
            }
            return null;
        });
        return progress.packets();
    }

    /** @return what the run that goes on, or the last one, has sent so far; any thread may ask. */
    public Sent progress()
    {
        return progress;
    }

    private void send(final Arena arena, final long packetsPerSecond, final long durationNs)
    {
        final int state = createState(arena);
        final int loaded = load(arena, program.code(state, NetworkLink.find(interfaceName).index(),
            (int)(TimeUnit.SECONDS.toNanos(1) / packetsPerSecond)));
        try
        {
            final MemorySegment attributes = testRun(arena, loaded);
            final long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < durationNs)
            {
                Syscall.check("bpf(PROG_TEST_RUN)",
                    Syscall.bpf(BPF_PROG_TEST_RUN, attributes.address(), ATTRIBUTES_LENGTH));
                progress = sent(state);
            }
        }
        finally
        {
            Syscall.close(loaded);
            Syscall.close(state);
        }
    }

    private static int createState(final Arena arena)
    {
        // map_type 0, key_size 4, value_size 8, max_entries 12.
        final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
        attributes.set(JAVA_INT, 0, BPF_MAP_TYPE_ARRAY);
        attributes.set(JAVA_INT, 4, Integer.BYTES);
        attributes.set(JAVA_INT, 8, LiveFrameProgram.STATE_LENGTH);
        attributes.set(JAVA_INT, 12, 1);
        return (int)Syscall.check("bpf(MAP_CREATE, generator)",
            Syscall.bpf(BPF_MAP_CREATE, attributes.address(), ATTRIBUTES_LENGTH));
    }

    private static Sent sent(final int state)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment value = arena.allocate(LiveFrameProgram.STATE_LENGTH, Long.BYTES);
            // map_fd 0, key 8, value 16.
            final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
            attributes.set(JAVA_INT, 0, state);
            attributes.set(JAVA_LONG, 8, arena.allocate(Integer.BYTES).address());
            attributes.set(JAVA_LONG, 16, value.address());
            Syscall.check("bpf(MAP_LOOKUP_ELEM)",
                Syscall.bpf(BPF_MAP_LOOKUP_ELEM, attributes.address(), ATTRIBUTES_LENGTH));
            return new Sent(value.get(JAVA_LONG, LiveFrameProgram.SENT_OFFSET),
                value.get(JAVA_LONG, LiveFrameProgram.BYTES_OFFSET));
        }
    }

    private MemorySegment testRun(final Arena arena, final int loaded)
    {
        byte[] longest = frames.getFirst();
        for (final byte[] frame : frames)
        {
            longest = frame.length > longest.length ? frame : longest;
        }
        final MemorySegment data = arena.allocate(longest.length, Long.BYTES);
        MemorySegment.copy(longest, 0, data, JAVA_BYTE, 0, longest.length);
        // struct test of union bpf_attr: prog_fd 0, data_size_in 8, data_in 16, repeat 32, flags 64, batch_size 72.
        final MemorySegment attributes = arena.allocate(ATTRIBUTES_LENGTH, Long.BYTES);
        attributes.set(JAVA_INT, 0, loaded);
        attributes.set(JAVA_INT, 8, longest.length);
        attributes.set(JAVA_LONG, 16, data.address());
        attributes.set(JAVA_INT, 32, REPEAT);
        attributes.set(JAVA_INT, 64, LIVE_FRAMES);
        attributes.set(JAVA_INT, 72, XDP_BATCH);
        return attributes;
    }

    private static int load(final Arena arena, final long[] code)
    {
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
}
