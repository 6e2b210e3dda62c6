package org.headrace.agent.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * The system calls of this package. Each returns what the C function returns, or {@code -errno} as the kernel itself
 * does, so that no caller has to read errno. Thread safe.
 */
final class Libc
{
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_DONTWAIT = 0x40;
    static final short POLLIN = 1;

    private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final VarHandle ERRNO =
        Linker.Option.captureStateLayout().varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATE =
        ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

    /**
     * Every function by one handle: the JVM spins a dozen classes for each shape of call, which for one per function
     * took a tenth of a second of each start. A callee does not look at the registers of arguments that it does not
     * have (System V ABI for x86-64, procedure call standard for AArch64), nor at the upper half of an {@code int}.
     */
    private static final MethodHandle CALL = LINKER.downcallHandle(
        FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CAPTURE_ERRNO);

    private static final MemorySegment SOCKET = SYMBOLS.findOrThrow("socket");
    private static final MemorySegment BIND = SYMBOLS.findOrThrow("bind");
    private static final MemorySegment CONNECT = SYMBOLS.findOrThrow("connect");
    private static final MemorySegment SETSOCKOPT = SYMBOLS.findOrThrow("setsockopt");
    private static final MemorySegment SEND = SYMBOLS.findOrThrow("send");
    private static final MemorySegment RECVMMSG = SYMBOLS.findOrThrow("recvmmsg");
    private static final MemorySegment POLL = SYMBOLS.findOrThrow("poll");
    private static final MemorySegment EVENTFD = SYMBOLS.findOrThrow("eventfd");
    private static final MemorySegment READ = SYMBOLS.findOrThrow("read");
    private static final MemorySegment WRITE = SYMBOLS.findOrThrow("write");
    private static final MemorySegment CLOSE = SYMBOLS.findOrThrow("close");

    private static final long NONE = 0;

    private Libc()
    {
    }

    static int socket(final int domain, final int type, final int protocol)
    {
        return call(SOCKET, domain, type, protocol, NONE, NONE);
    }

    static int bind(final int fd, final MemorySegment address)
    {
        final int result = call(BIND, fd, address.address(), address.byteSize(), NONE, NONE);
        Reference.reachabilityFence(address);
        return result;
    }

    static int connect(final int fd, final MemorySegment address)
    {
        final int result = call(CONNECT, fd, address.address(), address.byteSize(), NONE, NONE);
        Reference.reachabilityFence(address);
        return result;
    }

    static int setsockopt(final int fd, final int level, final int option, final int value)
    {
        try (Arena arena = Arena.ofConfined())
        {
            return call(
                SETSOCKOPT, fd, level, option, arena.allocateFrom(JAVA_INT, value).address(), Integer.BYTES);
        }
    }

    static int send(final int fd, final MemorySegment bytes, final int lengthBytes)
    {
        final int result = call(SEND, fd, bytes.address(), lengthBytes, NONE, NONE);
        Reference.reachabilityFence(bytes);
        return result;
    }

    static int recvmmsg(final int fd, final MemorySegment messages, final int count)
    {
        final int result = call(RECVMMSG, fd, messages.address(), count, MSG_DONTWAIT, NONE);
        Reference.reachabilityFence(messages);
        return result;
    }

    /** Waits; never call it on a thread that must not. */
    static int poll(final MemorySegment pollFds, final int count, final int timeoutMs)
    {
        final int result = call(POLL, pollFds.address(), count, timeoutMs, NONE, NONE);
        Reference.reachabilityFence(pollFds);
        return result;
    }

    static int eventfd()
    {
        return call(EVENTFD, NONE, EFD_NONBLOCK_CLOEXEC, NONE, NONE, NONE);
    }

    static int read(final int fd, final MemorySegment bytes)
    {
        final int result = call(READ, fd, bytes.address(), bytes.byteSize(), NONE, NONE);
        Reference.reachabilityFence(bytes);
        return result;
    }

    static int write(final int fd, final MemorySegment bytes)
    {
        final int result = call(WRITE, fd, bytes.address(), bytes.byteSize(), NONE, NONE);
        Reference.reachabilityFence(bytes);
        return result;
    }

    static int close(final int fd)
    {
        return call(CLOSE, fd, NONE, NONE, NONE, NONE);
    }

    /** Gives the result back, or throws if it is a negated error number. */
    static int check(final int result, final String call)
    {
        if (result < 0)
        {
            throw new NetlinkException(call, -result, "");
        }
        return result;
    }

    /** All results fit an {@code int}; of the functions that return one, the upper half of the register is void. */
    private static int call(
        final MemorySegment function,
        final long first,
        final long second,
        final long third,
        final long fourth,
        final long fifth)
    {
        final MemorySegment state = STATE.get();
        try
        {
            final int result = (int)(long)CALL.invokeExact(function, state, first, second, third, fourth, fifth);
            return result < 0 ? -(int)ERRNO.get(state, 0L) : result;
        }
        // invokeExact declares Throwable; nothing of our own can come out of a downcall.
        catch (final Throwable ex)
        {
            throw new IllegalStateException("a downcall threw", ex);
        }
    }
}
