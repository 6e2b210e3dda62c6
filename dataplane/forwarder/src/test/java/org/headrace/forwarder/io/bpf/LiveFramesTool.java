package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.io.TestFrames;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.ThreadAffinity;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes the kernel send short UDP datagrams as fast as it can, or at a rate: a test run of an XDP program with live
 * frames, which redirects them into an interface. The virtual Ethernet device at its other end needs GRO on.
 *
 * <p>Arguments: interface, CPU, destination MAC, source address, destination address, destination port, seconds,
 * packets per second (0: no limit), and optionally the length of a frame, 64 to 3 000 bytes.
 */
public final class LiveFramesTool
{
    private static final int BPF_F_TEST_XDP_LIVE_FRAMES = 1 << 1;
    private static final int BATCH = 64;
    /** A call takes 20 ms to begin and to end. */
    private static final int UNPACED_FRAMES = 1 << 19;
    private static final int HEADER_BYTES = 40;
    private static final int UDP_FRAME_BYTES = 14 + 20 + 8;
    private static final int FRAME_BYTES = 64;
    private static final long SECOND_NS = 1_000_000_000L;

    private LiveFramesTool()
    {
    }

    /**
     * @param args see the class.
     */
    public static void main(final String[] args)
    {
        final NetworkLink link = NetworkLink.find(args[0]);
        ThreadAffinity.pinCurrentThread(Integer.parseInt(args[1]));
        final int frameBytes = args.length > 8 ? Integer.parseInt(args[8]) : FRAME_BYTES;
        final byte[] frame = TestFrames.ethernet(
            Long.parseLong(args[2].replace(":", ""), 16), link.macAddress(), 0x0800, TestFrames.ipv4(
                args[3], args[4], TestFrames.UDP,
                TestFrames.udp(1000, Integer.parseInt(args[5]), new byte[frameBytes - UDP_FRAME_BYTES])));
        final long durationNs = Long.parseLong(args[6]) * SECOND_NS;
        final long rate = Long.parseLong(args[7]);
        final long[] code = code(link.index(), frame);
        try (BpfProgram program = BpfProgram.load(BpfProgram.Kind.XDP, "hr_generator", code);
            BpfCommand command = new BpfCommand(BpfCommand.PROG_TEST_RUN))
        {
            final int repeat = rate == 0 ? UNPACED_FRAMES : BATCH;
            final MemorySegment data = command.allocate(frame.length);
            MemorySegment.copy(frame, 0, data, ValueLayout.JAVA_BYTE, 0, frame.length);
            command.putInt(0, program.fd()).putInt(8, frame.length).putPointer(16, data).putInt(32, repeat)
                .putInt(64, BPF_F_TEST_XDP_LIVE_FRAMES).putInt(72, BATCH);
            final long startNs = System.nanoTime();
            long sent = 0;
            long nowNs = startNs;
            while (nowNs - startNs < durationNs)
            {
                if (rate == 0 || sent <= (nowNs - startNs) * rate / SECOND_NS)
                {
                    Syscall.check("bpf(PROG_TEST_RUN)", command.run());
                    sent += repeat;
                }
                nowNs = System.nanoTime();
            }
            System.out.printf("sent=%d mpps=%.3f%n", sent, sent * 1e3 / (nowNs - startNs));
        }
    }

    /** Writes the headers anew each time: frames come round again, as whoever forwarded them has left them. */
    private static long[] code(final int ifindex, final byte[] frame)
    {
        final BpfAssembler asm = new BpfAssembler().move(BpfRegister.R6, BpfRegister.R1);
        for (int offset = 0; offset < HEADER_BYTES; offset += Long.BYTES)
        {
            asm.moveLong(BpfRegister.R2, ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getLong(offset))
                .store(BpfAssembler.Width.DOUBLE, BpfRegister.FP, offset - HEADER_BYTES, BpfRegister.R2);
        }
        return asm.move(BpfRegister.R1, BpfRegister.R6).move(BpfRegister.R2, 0)
            .move(BpfRegister.R3, BpfRegister.FP)
            .compute(BpfAssembler.Operation.ADD, BpfRegister.R3, -HEADER_BYTES)
            .move(BpfRegister.R4, HEADER_BYTES)
            .call(BpfHelper.XDP_STORE_BYTES)
            .move(BpfRegister.R1, ifindex).move(BpfRegister.R2, 0).call(BpfHelper.REDIRECT).exit().assemble();
    }
}
