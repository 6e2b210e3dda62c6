package org.headrace.forwarder.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Constants of {@code linux/socket.h} and {@code asm-generic/socket.h}, and options of type int. */
public final class Socket
{
    /** Internet, only for questions about interfaces. */
    public static final int AF_INET = 2;
    /** Frames. */
    public static final int AF_PACKET = 17;
    /** Frames in memory shared with the kernel, by way of an XDP program. */
    public static final int AF_XDP = 44;
    /** Datagrams. */
    public static final int SOCK_DGRAM = 2;
    /** With the link-layer header. */
    public static final int SOCK_RAW = 3;
    /** Close in child processes. */
    public static final int SOCK_CLOEXEC = 0x80000;
    /** Options of all sockets. */
    public static final int SOL_SOCKET = 1;
    /** Pending error; reading clears it. */
    public static final int SO_ERROR = 4;
    /** Send buffer, beyond {@code net.core.wmem_max}. */
    public static final int SO_SNDBUFFORCE = 32;
    /** Receive buffer, beyond {@code net.core.rmem_max}. */
    public static final int SO_RCVBUFFORCE = 33;
    /** eBPF program as socket filter. */
    public static final int SO_ATTACH_BPF = 50;
    /** Microseconds to poll the device in a call that would wait; beyond 0 switches busy polling on. */
    public static final int SO_BUSY_POLL = 46;
    /** Leave the device's interrupts off while the application polls. */
    public static final int SO_PREFER_BUSY_POLL = 69;
    /** Packets per busy poll. */
    public static final int SO_BUSY_POLL_BUDGET = 70;
    /** Options of AF_XDP sockets. */
    public static final int SOL_XDP = 283;
    /** Do not wait. */
    public static final int MSG_DONTWAIT = 0x40;

    private Socket()
    {
    }

    /**
     * @param fd     socket.
     * @param level  {@code SOL_}.
     * @param option number.
     * @param name   of the option, for the message.
     * @param value  to set.
     * @throws SystemCallException if the kernel refuses.
     */
    public static void setOption(final int fd, final int level, final int option, final String name, final int value)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            Syscall.check(
                "setsockopt(" + name + "=" + value + ")",
                Syscall.setsockopt(fd, level, option, memory.address(), Integer.BYTES));
        }
    }

    /**
     * @param fd     socket.
     * @param level  {@code SOL_}.
     * @param option number.
     * @param name   of the option, for the message.
     * @return its value.
     * @throws SystemCallException if the kernel refuses.
     */
    public static int option(final int fd, final int level, final int option, final String name)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment memory = arena.allocate(ValueLayout.JAVA_INT);
            final MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            Syscall.check(
                "getsockopt(" + name + ")",
                Syscall.getsockopt(fd, level, option, memory.address(), length.address()));
            return memory.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
