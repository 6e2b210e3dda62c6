package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.SystemCallException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A program that the kernel has verified and loaded, {@code BPF_PROG_LOAD}. */
public final class BpfProgram implements AutoCloseable
{
    /** What a program may be attached to ({@code enum bpf_prog_type}). */
    public enum Kind
    {
        /** Socket filter or fan-out of packet sockets. */
        SOCKET_FILTER(1),
        /** Traffic control, also TCX. */
        SCHED_CLS(3),
        /** Before the kernel makes a packet of a frame. */
        XDP(6);

        private final int number;

        Kind(final int number)
        {
            this.number = number;
        }
    }

    private static final int LOG_BYTES = 1 << 20;
    private static final int LOG_LEVEL = 1;
    /** {@code BPF_F_XDP_HAS_FRAGS}: the program reads jumbo frames by helpers, wherever their bytes are. */
    private static final int XDP_HAS_FRAGS = 1 << 5;

    private int fd;

    private BpfProgram(final int fd)
    {
        this.fd = fd;
    }

    /**
     * @param kind         of the program.
     * @param name         for tools, at most 15 characters.
     * @param instructions as {@link BpfAssembler#assemble()} gives them.
     * @return the loaded program.
     * @throws SystemCallException with the verifier's log if the kernel refuses it.
     */
    static BpfProgram load(final Kind kind, final String name, final long[] instructions)
    {
        final long fd = tryLoad(kind, name, instructions, null);
        if (fd >= 0)
        {
            return new BpfProgram((int)fd);
        }
        // The log is asked for only after a failure: writing it costs the verifier much time.
        try (BpfCommand command = new BpfCommand(BpfCommand.PROG_LOAD))
        {
            final MemorySegment log = command.allocate(LOG_BYTES);
            final long second = tryLoad(kind, name, instructions, log);
            if (second >= 0)
            {
                return new BpfProgram((int)second);
            }
            throw new SystemCallException("bpf(PROG_LOAD, " + name + ")", (int)-fd, log.getString(0));
        }
    }

    private static long tryLoad(
        final Kind kind, final String name, final long[] instructions, final MemorySegment log)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.PROG_LOAD))
        {
            final MemorySegment code = command.allocate((long)instructions.length * Long.BYTES);
            MemorySegment.copy(instructions, 0, code, ValueLayout.JAVA_LONG, 0, instructions.length);
            command
                .putInt(0, kind.number)
                .putInt(4, instructions.length)
                .putPointer(8, code)
                .putBytes(16, "Apache-2.0\0".getBytes(StandardCharsets.US_ASCII));
            if (log != null)
            {
                command.putInt(24, LOG_LEVEL).putInt(28, LOG_BYTES).putPointer(32, log);
            }
            return command.putInt(44, kind == Kind.XDP ? XDP_HAS_FRAGS : 0).putName(48, name).run();
        }
    }

    /**
     * @return file descriptor of the program, for attaching it; stays this object's.
     */
    public int fd()
    {
        return fd;
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
