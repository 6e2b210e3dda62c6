package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The least that an AF_XDP socket needs: XDP programs that give it every frame of its queue, whatever it holds. */
public final class RedirectAll implements AutoCloseable
{
    private static final int RX_QUEUE_INDEX = 16;
    private static final int XDP_PASS = 2;
    private static final int XDP_HAS_FRAGS = 1 << 5;
    private static final int BPF_XDP = 37;
    private static final long CALL_REDIRECT_MAP = 51L << Integer.SIZE | 0x85;

    private final XdpSocketMaps sockets;
    private final List<Integer> descriptors = new ArrayList<>();

    /** @param ifindexes in the namespace of the calling thread. */
    public RedirectAll(final int... ifindexes)
    {
        sockets = new XdpSocketMaps(ifindexes.length);
        for (int place = 0; place < ifindexes.length; place++)
        {
            attach(load(sockets.map(place)), ifindexes[place]);
        }
    }

    private int load(final BpfMap map)
    {
        final long[] code = new BpfAssembler()
            .load(BpfAssembler.Width.WORD, BpfRegister.R2, BpfRegister.R1, RX_QUEUE_INDEX)
            .moveMap(BpfRegister.R1, map.fd())
            .move(BpfRegister.R3, XDP_PASS)
            .call(BpfHelper.REDIRECT)
            .exit().assemble();
        code[code.length - 2] = CALL_REDIRECT_MAP;
        try (BpfCommand command = new BpfCommand(BpfCommand.PROG_LOAD))
        {
            final MemorySegment memory = command.allocate((long)code.length * Long.BYTES);
            MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_LONG, 0, code.length);
            final int fd = (int)Syscall.check("bpf(PROG_LOAD)", command
                .putInt(0, 6).putInt(4, code.length).putPointer(8, memory)
                .putBytes(16, "Apache-2.0\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .putInt(44, XDP_HAS_FRAGS).putName(48, "hr_redirect").run());
            descriptors.add(fd);
            return fd;
        }
    }

    private void attach(final int program, final int ifindex)
    {
        try (BpfCommand command = new BpfCommand(BpfCommand.LINK_CREATE))
        {
            descriptors.add((int)Syscall.check("bpf(LINK_CREATE, ifindex=" + ifindex + ")", command
                .putInt(0, program).putInt(4, ifindex).putInt(8, BPF_XDP).putInt(12, 0)
                .putLong(16, 0).putLong(24, 0).run()));
        }
    }

    /** @return where the programs look for sockets. */
    public XdpSocketMaps sockets()
    {
        return sockets;
    }

    @Override
    public void close()
    {
        descriptors.forEach(FileDescriptors::close);
        sockets.close();
    }
}
