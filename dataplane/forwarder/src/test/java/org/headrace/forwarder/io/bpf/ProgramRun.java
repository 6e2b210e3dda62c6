package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Runs a loaded program on a packet given as data ({@code BPF_PROG_TEST_RUN}). */
final class ProgramRun
{
    private ProgramRun()
    {
    }

    /** @return what the program returned. */
    static int run(final BpfProgram program, final byte[] frame)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.PROG_TEST_RUN))
        {
            final MemorySegment data = command.allocate(frame.length);
            MemorySegment.copy(frame, 0, data, ValueLayout.JAVA_BYTE, 0, frame.length);
            Syscall.check(
                "bpf(PROG_TEST_RUN, " + frame.length + " bytes)",
                command.putInt(0, program.fd()).putInt(8, frame.length).putPointer(16, data).putInt(32, 1)
                    .putLong(64, 0).run());
            return command.getInt(4);
        }
    }
}
