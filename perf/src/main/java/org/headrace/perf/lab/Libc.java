package org.headrace.perf.lab;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The C library calls that the laboratory needs and that Java has no name for.
 */
public final class Libc
{
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

    private static final MethodHandle OPEN = handle("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), 2);
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), -1);
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), -1);
    private static final MethodHandle SOCKET =
        handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), -1);
    private static final MethodHandle BIND =
        handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), -1);
    private static final MethodHandle SETSOCKOPT =
        handle("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), -1);
    private static final MethodHandle SEND =
        handle("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), -1);
    private static final MethodHandle RECV =
        handle("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), -1);
    private static final MethodHandle IF_NAMETOINDEX =
        handle("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS), -1);

    private Libc()
    {
    }

    private static MethodHandle handle(final String name, final FunctionDescriptor descriptor, final int firstVariadic)
    {
        final MemorySegment symbol = LINKER.defaultLookup().findOrThrow(name);
        return firstVariadic < 0 ? LINKER.downcallHandle(symbol, descriptor, CAPTURE) :
            LINKER.downcallHandle(symbol, descriptor, CAPTURE, Linker.Option.firstVariadicArg(firstVariadic));
    }

    @FunctionalInterface
    private interface Call
    {
        long apply(MemorySegment captured) throws Throwable;
    }

    private static long call(final String name, final Call call)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment captured = arena.allocate(CAPTURED);
            final long result = call.apply(captured);
            return result < 0 ? -(int)ERRNO.get(captured, 0L) : result;
        }
        catch (final RuntimeException e)
        {
            throw e;
        }
        catch (final Throwable e)
        {
            throw new LabException(name, e);
        }
    }

    private static int checked(final String what, final long result)
    {
        if (result < 0)
        {
            throw new LabException(what + ": errno=" + -result);
        }
        return (int)result;
    }

    /** @param path of a file. @return a descriptor for reading, not inherited by programs that are started. */
    public static int open(final String path)
    {
        final int readOnlyCloseOnExec = 0x80000;
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment name = arena.allocateFrom(path);
            return checked("open " + path,
                call("open", captured -> (int)OPEN.invokeExact(captured, name, readOnlyCloseOnExec)));
        }
    }

    /** @param descriptor to close. */
    public static void close(final int descriptor)
    {
        checked("close", call("close", captured -> (int)CLOSE.invokeExact(captured, descriptor)));
    }

    /** @param descriptor of a network namespace that the calling thread enters. */
    public static void enterNetworkNamespace(final int descriptor)
    {
        final int cloneNewNet = 0x40000000;
        checked("setns", call("setns", captured -> (int)SETNS.invokeExact(captured, descriptor, cloneNewNet)));
    }

    /** @param domain of the socket. @param type of the socket. @param protocol of the socket. @return descriptor. */
    public static int socket(final int domain, final int type, final int protocol)
    {
        return checked("socket",
            call("socket", captured -> (int)SOCKET.invokeExact(captured, domain, type, protocol)));
    }

    /** @param descriptor of a socket. @param address structure to bind it to. */
    public static void bind(final int descriptor, final MemorySegment address)
    {
        checked("bind",
            call("bind", captured -> (int)BIND.invokeExact(captured, descriptor, address, (int)address.byteSize())));
    }

    /** @param descriptor of a socket. @param level of the option. @param option number. @param value of the option. */
    public static void setSocketOption(
        final int descriptor, final int level, final int option, final MemorySegment value)
    {
        checked("setsockopt level=" + level + " option=" + option, call("setsockopt",
            captured -> (int)SETSOCKOPT.invokeExact(
                captured, descriptor, level, option, value, (int)value.byteSize())));
    }

    /** @param descriptor of a socket. @param frame to send. @return bytes sent, or the negative errno. */
    public static long send(final int descriptor, final MemorySegment frame)
    {
        return call("send", captured -> (long)SEND.invokeExact(captured, descriptor, frame, frame.byteSize(), 0));
    }

    /** @param descriptor of a socket. @param buffer to fill. @return bytes received, or the negative errno. */
    public static long receive(final int descriptor, final MemorySegment buffer)
    {
        return call("recv", captured -> (long)RECV.invokeExact(captured, descriptor, buffer, buffer.byteSize(), 0));
    }

    /** @param name of an interface in the namespace of the calling thread. @return its index. */
    public static int interfaceIndex(final String name)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment text = arena.allocateFrom(name);
            final int index = (int)call("if_nametoindex", captured -> (int)IF_NAMETOINDEX.invokeExact(captured, text));
            if (index <= 0)
            {
                throw new LabException("no such interface: " + name);
            }
            return index;
        }
    }
}
