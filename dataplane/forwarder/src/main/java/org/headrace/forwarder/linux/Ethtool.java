package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Questions to the driver of a network interface: {@code SIOCETHTOOL} of {@code linux/sockios.h}. For control code. */
final class Ethtool
{
    /** {@code IFNAMSIZ} of {@code linux/if.h}, with the closing zero. */
    private static final int IFNAMSIZ = 16;
    /** {@code sizeof(struct ifreq)} on 64-bit machines: name, then here a pointer. */
    private static final int IFREQ_BYTES = 40;
    private static final int SIOCETHTOOL = 0x8946;

    private Ethtool()
    {
    }

    /**
     * @param interfaceName of an interface in the caller's network namespace.
     * @param command       {@code ETHTOOL_*}, stored in the question's first four bytes.
     * @param question      structure of {@code linux/ethtool.h} that goes with it; has the answer afterwards.
     * @return 0, or the negative error number: {@code EOPNOTSUPP} if the driver knows nothing of it.
     */
    static long ask(final String interfaceName, final int command, final MemorySegment question)
    {
        final byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
        final int fd = (int)Syscall.check(
            "socket(AF_INET)", Syscall.socket(Socket.AF_INET, Socket.SOCK_DGRAM | Socket.SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
            MemorySegment.copy(name, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(name.length, IFNAMSIZ - 1));
            request.set(ValueLayout.JAVA_LONG, IFNAMSIZ, question.address());
            question.set(ValueLayout.JAVA_INT, 0, command);
            return Syscall.ioctl(fd, SIOCETHTOOL, request.address());
        }
        finally
        {
            Syscall.close(fd);
        }
    }
}
