package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * A network interface as the data plane needs it, read in the network namespace of the calling thread.
 *
 * @param name       as {@code ip link} shows it, 1 to 15 bytes.
 * @param index      the kernel's number, above 0.
 * @param mtuBytes   longest IP packet.
 * @param macAddress in the low 48 bits, first byte highest.
 * @param isUp       true if it is administratively up.
 */
public record NetworkLink(String name, int index, int mtuBytes, long macAddress, boolean isUp)
{
    /** {@code IFNAMSIZ} of {@code linux/if.h}, with the closing zero. */
    private static final int IFNAMSIZ = 16;
    /** {@code sizeof(struct ifreq)} on 64-bit machines. */
    private static final int IFREQ_BYTES = 40;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int IFF_UP = 1;
    private static final int ARPHRD_ETHER = 1;

    /**
     * @param name of an interface in the caller's network namespace.
     * @return what the kernel says of it.
     * @throws IllegalArgumentException if there is no such interface, or if it is not Ethernet.
     */
    public static NetworkLink find(final String name)
    {
        final byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
        if (nameBytes.length == 0 || nameBytes.length >= IFNAMSIZ)
        {
            throw new IllegalArgumentException(
                "interface=" + name + " has " + nameBytes.length + " bytes, expected 1.." + (IFNAMSIZ - 1));
        }
        final int fd = (int)Syscall.check(
            "socket(AF_INET)", Syscall.socket(Socket.AF_INET, Socket.SOCK_DGRAM | Socket.SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
            MemorySegment.copy(nameBytes, 0, request, ValueLayout.JAVA_BYTE, 0, nameBytes.length);
            final int index = ask(fd, SIOCGIFINDEX, request, name).get(ValueLayout.JAVA_INT, IFNAMSIZ);
            final int mtu = ask(fd, SIOCGIFMTU, request, name).get(ValueLayout.JAVA_INT, IFNAMSIZ);
            final int flags = ask(fd, SIOCGIFFLAGS, request, name).get(ValueLayout.JAVA_SHORT, IFNAMSIZ);
            final int type = ask(fd, SIOCGIFHWADDR, request, name).get(ValueLayout.JAVA_SHORT, IFNAMSIZ) & 0xFFFF;
            if (type != ARPHRD_ETHER)
            {
                throw new IllegalArgumentException(
                    "interface=" + name + " has hardware type " + type + " (expected: Ethernet, " + ARPHRD_ETHER + ")");
            }
            return new NetworkLink(name, index, mtu, mac(request), (flags & IFF_UP) != 0);
        }
        finally
        {
            Syscall.close(fd);
        }
    }

    private static MemorySegment ask(final int fd, final int what, final MemorySegment request, final String name)
    {
        final long result = Syscall.ioctl(fd, what, request.address());
        if (result == -Errno.ENODEV.number())
        {
            throw new IllegalArgumentException("interface=" + name + " does not exist in this network namespace");
        }
        Syscall.check("ioctl(0x" + Integer.toHexString(what) + ", " + name + ")", result);
        return request;
    }

    private static long mac(final MemorySegment request)
    {
        long mac = 0;
        for (int i = 0; i < 6; i++)
        {
            mac = mac << 8 | request.get(ValueLayout.JAVA_BYTE, IFNAMSIZ + 2L + i) & 0xFF;
        }
        return mac;
    }
}
