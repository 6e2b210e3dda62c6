package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Runs a loaded program on a packet given as data ({@code BPF_PROG_TEST_RUN}). */
final class ProgramRun
{
    private static final int SIZE_OUT = 12;

    private ProgramRun()
    {
    }

    /** @return what the program returned. */
    static int run(final BpfProgram program, final byte[] frame)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.PROG_TEST_RUN))
        {
            prepare(command, program, frame);
            check(command, frame);
            return command.getInt(4);
        }
    }

    /** @return the packet afterwards, for XDP with its metadata before it. */
    static byte[] output(final BpfProgram program, final byte[] frame)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.PROG_TEST_RUN))
        {
            final MemorySegment out = command.allocate(frame.length + 256L);
            prepare(command, program, frame);
            command.putInt(SIZE_OUT, (int)out.byteSize()).putPointer(24, out);
            check(command, frame);
            return out.asSlice(0, command.getInt(SIZE_OUT)).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void prepare(final BpfCommand command, final BpfProgram program, final byte[] frame)
    {
        final MemorySegment data = command.allocate(frame.length);
        MemorySegment.copy(frame, 0, data, ValueLayout.JAVA_BYTE, 0, frame.length);
        command.putInt(0, program.fd()).putInt(8, frame.length).putPointer(16, data).putInt(32, 1).putLong(64, 0);
    }

    private static void check(final BpfCommand command, final byte[] frame)
    {
        Syscall.check("bpf(PROG_TEST_RUN, " + frame.length + " bytes)", command.run());
    }
}
