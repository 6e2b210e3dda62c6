package org.headrace.forwarder.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A TUN device of our own ({@code linux/if_tun.h}): what is written to it, the kernel receives as from a network, and
 * treats as its routes and filters say. It is how a packet that the data plane has taken goes to the host after all.
 *
 * <p>Made in the network namespace of the calling thread; gone when it is closed or the process ends. {@link #write}
 * may be called by several threads.
 */
public final class TunDevice implements AutoCloseable
{
    /** Bytes before the IP packet: {@code struct virtio_net_hdr}. */
    public static final int VNET_HEADER_BYTES = 10;

    private static final String CLONE_DEVICE = "/dev/net/tun";
    private static final int O_RDWR_NONBLOCK_CLOEXEC = 0x2 | 0x800 | 0x80000;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int TUNSETIFF = 0x4004_54CA;
    private static final int IFF_TUN = 1;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int IFF_UP_RUNNING = 0x41;
    private static final int MTU_BYTES = 65_535;

    private final String name;
    private int index;
    private int fd;

    private TunDevice(final String name, final int fd)
    {
        this.name = name;
        this.fd = fd;
    }

    /**
     * @param pattern of the name, with {@code %d} for a number that the kernel chooses; at most 15 bytes.
     * @return the device, up.
     * @throws SystemCallException if the kernel refuses.
     */
    public static TunDevice create(final String pattern)
    {
        final int fd = (int)Syscall.check(
            "open(" + CLONE_DEVICE + ")", Syscall.open(CLONE_DEVICE, O_RDWR_NONBLOCK_CLOEXEC));
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment request = arena.allocate(IFREQ_BYTES, Long.BYTES);
            final byte[] bytes = pattern.getBytes(StandardCharsets.US_ASCII);
            MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, IFNAMSIZ - 1));
            request.set(ValueLayout.JAVA_SHORT, IFNAMSIZ, (short)(IFF_TUN | IFF_NO_PI | IFF_VNET_HDR));
            Syscall.check("ioctl(TUNSETIFF, " + pattern + ")", Syscall.ioctl(fd, TUNSETIFF, request.address()));
            final TunDevice device = new TunDevice(request.getString(0, StandardCharsets.US_ASCII), fd);
            device.configure(request);
            return device;
        }
        catch (final RuntimeException ex)
        {
            Syscall.close(fd);
            throw ex;
        }
    }

    private void configure(final MemorySegment request)
    {
        // The packet really came by another interface, so no reverse-path check: off, not loose, because a device
        // without an address fails the loose check too (fib_validate_source of net/ipv4/fib_frontend.c). A strict
        // conf/all/rp_filter still wins, and then the host drops what is passed. No link-local address, nobody is to
        // talk to us here.
        sysctl("ipv4/conf/" + name + "/rp_filter", "0");
        sysctl("ipv6/conf/" + name + "/addr_gen_mode", "1");
        final int socket = (int)Syscall.check(
            "socket(AF_INET)", Syscall.socket(Socket.AF_INET, Socket.SOCK_DGRAM | Socket.SOCK_CLOEXEC, 0));
        try
        {
            request.set(ValueLayout.JAVA_INT, IFNAMSIZ, MTU_BYTES);
            Syscall.check("ioctl(SIOCSIFMTU, " + name + ")", Syscall.ioctl(socket, SIOCSIFMTU, request.address()));
            request.set(ValueLayout.JAVA_INT, IFNAMSIZ, IFF_UP_RUNNING);
            Syscall.check("ioctl(SIOCSIFFLAGS, " + name + ")", Syscall.ioctl(socket, SIOCSIFFLAGS, request.address()));
            Syscall.check("ioctl(SIOCGIFINDEX, " + name + ")", Syscall.ioctl(socket, SIOCGIFINDEX, request.address()));
            index = request.get(ValueLayout.JAVA_INT, IFNAMSIZ);
        }
        finally
        {
            Syscall.close(socket);
        }
    }

    private static void sysctl(final String key, final String value)
    {
        // The thread's own directory: /proc/sys/net shows the namespace of whoever opens it.
        final Path path = Path.of("/proc/sys/net", key);
        try
        {
            if (Files.exists(path))
            {
                Files.writeString(path, value);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot write " + value + " to " + path, ex);
        }
    }

    /**
     * @return name of the interface.
     */
    public String name()
    {
        return name;
    }

    /**
     * @return the kernel's number of the interface.
     */
    public int index()
    {
        return index;
    }

    /**
     * Hands a packet to the kernel; neither waits nor throws.
     *
     * @param address     of a vnet header and the IP packet behind it.
     * @param lengthBytes of both.
     * @return bytes taken, or the negative error number.
     */
    public long write(final long address, final int lengthBytes)
    {
        return Syscall.write(fd, address, lengthBytes);
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
