package org.headrace.agent.netlink;

import static java.lang.foreign.ValueLayout.ADDRESS;
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

    private static final MethodHandle SOCKET = handle("socket",
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND = handle("bind",
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT = handle("connect",
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT = handle("setsockopt",
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SEND = handle("send",
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVMMSG = handle("recvmmsg",
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle POLL = handle("poll",
        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle EVENTFD = handle("eventfd",
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle READ = handle("read",
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE = handle("write",
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private Libc()
    {
    }

    static int socket(final int domain, final int type, final int protocol)
    {
        return call(state -> (int)SOCKET.invokeExact(state, domain, type, protocol));
    }

    static int bind(final int fd, final MemorySegment address)
    {
        return call(state -> (int)BIND.invokeExact(state, fd, address, (int)address.byteSize()));
    }

    static int connect(final int fd, final MemorySegment address)
    {
        return call(state -> (int)CONNECT.invokeExact(state, fd, address, (int)address.byteSize()));
    }

    static int setsockopt(final int fd, final int level, final int option, final int value)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment segment = arena.allocateFrom(JAVA_INT, value);
            return call(state -> (int)SETSOCKOPT.invokeExact(state, fd, level, option, segment, Integer.BYTES));
        }
    }

    static int send(final int fd, final MemorySegment bytes, final int lengthBytes)
    {
        return call(state -> (int)(long)SEND.invokeExact(state, fd, bytes, (long)lengthBytes, 0));
    }

    static int recvmmsg(final int fd, final MemorySegment messages, final int count)
    {
        return call(
            state -> (int)RECVMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT, MemorySegment.NULL));
    }

    /** Waits; never call it on a thread that must not. */
    static int poll(final MemorySegment pollFds, final int count, final int timeoutMs)
    {
        return call(state -> (int)POLL.invokeExact(state, pollFds, (long)count, timeoutMs));
    }

    static int eventfd()
    {
        return call(state -> (int)EVENTFD.invokeExact(state, 0, EFD_NONBLOCK_CLOEXEC));
    }

    static int read(final int fd, final MemorySegment bytes)
    {
        return call(state -> (int)(long)READ.invokeExact(state, fd, bytes, bytes.byteSize()));
    }

    static int write(final int fd, final MemorySegment bytes)
    {
        return call(state -> (int)(long)WRITE.invokeExact(state, fd, bytes, bytes.byteSize()));
    }

    static int close(final int fd)
    {
        return call(state -> (int)CLOSE.invokeExact(state, fd));
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

    private static MethodHandle handle(final String name, final FunctionDescriptor descriptor)
    {
        return LINKER.downcallHandle(SYMBOLS.findOrThrow(name), descriptor, CAPTURE_ERRNO);
    }

    private static int call(final NativeCall nativeCall)
    {
        final MemorySegment state = STATE.get();
        try
        {
            final int result = nativeCall.invoke(state);
            return result < 0 ? -(int)ERRNO.get(state, 0L) : result;
        }
        // invokeExact declares Throwable; nothing of our own can come out of a downcall.
        catch (final Throwable ex)
        {
            throw new IllegalStateException("a downcall threw", ex);
        }
    }

    /** One downcall; a lambda, because a method handle is fast only where it is a constant. */
    private interface NativeCall
    {
        int invoke(MemorySegment state) throws Throwable;
    }
}
