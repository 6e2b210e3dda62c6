package org.headrace.forwarder.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * System calls, all through one {@code syscall(2)} handle, so that there is one call shape to warm up.
 *
 * <p>Every method returns the result, or the negative error number. None allocates once its thread has made a first
 * call, and none throws: control paths wrap the result in {@link #check}. Calls may block, so they are plain calls that
 * do not hold up a safepoint.
 */
public final class Syscall
{
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SYSCALL = bind(Linker.Option.captureCallState("errno"));
    private static final MethodHandle SYSCALL_WITHOUT_ERRNO = bind();

    /** The JVM makes system calls of its own between ours: errno has to be captured by the call. */
    private static final ThreadLocal<MemorySegment> ERRNO = ThreadLocal.withInitial(
        () -> Arena.global().allocate(Linker.Option.captureStateLayout()));

    private static final long AT_FDCWD = -100;
    private static final int MAP_FIXED = 0x10;

    private Syscall()
    {
    }

    /**
     * @param call   what was called and for what, for the message.
     * @param result of a method of this class.
     * @return the result.
     * @throws SystemCallException if it is negative.
     */
    public static long check(final String call, final long result)
    {
        if (result < 0)
        {
            throw new SystemCallException(call, (int)-result);
        }
        return result;
    }

    /** @param domain AF_. @param type SOCK_. @param protocol in network order. @return file descriptor. */
    public static long socket(final int domain, final int type, final int protocol)
    {
        return call(SyscallNumber.SOCKET, domain, type, protocol, 0, 0, 0);
    }

    /** @param fd socket. @param address of a sockaddr. @param lengthBytes of it. @return 0. */
    public static long bind(final int fd, final long address, final int lengthBytes)
    {
        return call(SyscallNumber.BIND, fd, address, lengthBytes, 0, 0, 0);
    }

    /** @param fd socket. @param level SOL_. @param option name. @param value address. @param lengthBytes of the value.
     * @return 0. */
    public static long setsockopt(
        final int fd, final int level, final int option, final long value, final int lengthBytes)
    {
        return call(SyscallNumber.SETSOCKOPT, fd, level, option, value, lengthBytes, 0);
    }

    /** @param fd socket. @param level SOL_. @param option name. @param value address. @param length address of an int.
     * @return 0. */
    public static long getsockopt(final int fd, final int level, final int option, final long value, final long length)
    {
        return call(SyscallNumber.GETSOCKOPT, fd, level, option, value, length, 0);
    }

    /** For the packet path. @param fd socket. @param level SOL_. @param option name. @param value address.
     * @param length address of an int. @return 0, or -1. */
    public static long tryGetsockopt(
        final int fd, final int level, final int option, final long value, final long length)
    {
        return callWithoutErrno(SyscallNumber.GETSOCKOPT, fd, level, option, value, length, 0);
    }

    /** @param fd socket. @param address of the bytes. @param lengthBytes of them. @param flags MSG_.
     * @return bytes sent. */
    public static long send(final int fd, final long address, final long lengthBytes, final int flags)
    {
        return call(SyscallNumber.SENDTO, fd, address, lengthBytes, flags, 0, 0);
    }

    /** @param fd socket. @param address of the buffer. @param lengthBytes of it. @param flags MSG_.
     * @return bytes received. */
    public static long recv(final int fd, final long address, final long lengthBytes, final int flags)
    {
        return call(SyscallNumber.RECVFROM, fd, address, lengthBytes, flags, 0, 0);
    }

    /** For the packet path: asks the socket to look at what it has to send. @param fd socket. @return 0 or more, or -1.
     */
    public static long trySendNothing(final int fd)
    {
        return callWithoutErrno(SyscallNumber.SENDTO, fd, 0, 0, Socket.MSG_DONTWAIT, 0, 0);
    }

    /** For the packet path: asks the socket to look for what it could receive. @param fd socket. @return 0 or more, or
     * -1. */
    public static long tryReceiveNothing(final int fd)
    {
        return callWithoutErrno(SyscallNumber.RECVFROM, fd, 0, 0, Socket.MSG_DONTWAIT, 0, 0);
    }

    /** For the packet path. @param fds address of {@code struct pollfd}s. @param count of them.
     * @param timeout address of {@code struct timespec}. @return how many are ready, or -1. */
    public static long tryPpoll(final long fds, final int count, final long timeout)
    {
        return callWithoutErrno(SyscallNumber.PPOLL, fds, count, timeout, 0, 0, 0);
    }

    /** @param flags EFD_. @return file descriptor of a counter that is 0. */
    public static long eventfd(final int flags)
    {
        return call(SyscallNumber.EVENTFD2, 0, flags, 0, 0, 0, 0);
    }

    /** For the packet path. @param fd to read from. @param address of the buffer. @param lengthBytes of it.
     * @return bytes read, or -1. */
    public static long tryRead(final int fd, final long address, final long lengthBytes)
    {
        return callWithoutErrno(SyscallNumber.READ, fd, address, lengthBytes, 0, 0, 0);
    }

    /** @param lengthBytes to map. @param protection PROT_. @param flags MAP_. @param fd or -1. @param offset in it.
     * @return address. */
    public static long mmap(
        final long lengthBytes, final int protection, final int flags, final int fd, final long offset)
    {
        return call(SyscallNumber.MMAP, 0, lengthBytes, protection, flags, fd, offset);
    }

    /** @param address where to map, replacing what is there. @param lengthBytes to map. @param protection PROT_.
     * @param flags MAP_, without MAP_FIXED. @param fd or -1. @return address. */
    public static long mmapFixed(
        final long address, final long lengthBytes, final int protection, final int flags, final int fd)
    {
        return call(SyscallNumber.MMAP, address, lengthBytes, protection, flags | MAP_FIXED, fd, 0);
    }

    /** @param address of the mapping. @param lengthBytes of it. @return 0. */
    public static long munmap(final long address, final long lengthBytes)
    {
        return call(SyscallNumber.MUNMAP, address, lengthBytes, 0, 0, 0, 0);
    }

    /** @param address of whole pages. @param lengthBytes of them. @param advice MADV_. @return 0. */
    public static long madvise(final long address, final long lengthBytes, final int advice)
    {
        return call(SyscallNumber.MADVISE, address, lengthBytes, advice, 0, 0, 0);
    }

    /** @param fd to close. @return 0. */
    public static long close(final int fd)
    {
        return call(SyscallNumber.CLOSE, fd, 0, 0, 0, 0, 0);
    }

    /** @param fd of the device. @param request number. @param argument address or value. @return request's result. */
    public static long ioctl(final int fd, final long request, final long argument)
    {
        return call(SyscallNumber.IOCTL, fd, request, argument, 0, 0, 0);
    }

    /** For the packet path. @param fd to write to. @param address of the bytes. @param lengthBytes of them.
     * @return bytes written, or -1. */
    public static long write(final int fd, final long address, final long lengthBytes)
    {
        return callWithoutErrno(SyscallNumber.WRITE, fd, address, lengthBytes, 0, 0, 0);
    }

    /** @param fd to read from. @param address of the buffer. @param lengthBytes of it. @return bytes read. */
    public static long read(final int fd, final long address, final long lengthBytes)
    {
        return call(SyscallNumber.READ, fd, address, lengthBytes, 0, 0, 0);
    }

    /** @param path of the file. @param flags O_. @return file descriptor. */
    public static long open(final String path, final int flags)
    {
        try (Arena arena = Arena.ofConfined())
        {
            return call(SyscallNumber.OPENAT, AT_FDCWD, arena.allocateFrom(path).address(), flags, 0, 0, 0);
        }
    }

    /** @param fd of a file open for writing. @param lengthBytes that it is to have. @return 0. */
    public static long ftruncate(final int fd, final long lengthBytes)
    {
        return call(SyscallNumber.FTRUNCATE, fd, lengthBytes, 0, 0, 0, 0);
    }

    /** @param fd of a file open for writing. @param offset in it. @param lengthBytes to give room to. @return 0. */
    public static long fallocate(final int fd, final long offset, final long lengthBytes)
    {
        return call(SyscallNumber.FALLOCATE, fd, 0, offset, lengthBytes, 0, 0);
    }

    /** @param type of file system. @param target directory. @param options of the file system. @return 0. */
    public static long mount(final String type, final String target, final String options)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final long typeAddress = arena.allocateFrom(type).address();
            return call(
                SyscallNumber.MOUNT,
                typeAddress, arena.allocateFrom(target).address(), typeAddress, 0,
                arena.allocateFrom(options).address(), 0);
        }
    }

    /** @param target mount point. @return 0. */
    public static long unmount(final String target)
    {
        try (Arena arena = Arena.ofConfined())
        {
            return call(SyscallNumber.UMOUNT2, arena.allocateFrom(target).address(), 0, 0, 0, 0, 0);
        }
    }

    /** @param fd of a namespace. @param type CLONE_NEW, or 0 for any. @return 0; only this thread changes over. */
    public static long setns(final int fd, final int type)
    {
        return call(SyscallNumber.SETNS, fd, type, 0, 0, 0, 0);
    }

    /** @return the kernel's id of the calling thread. */
    public static long gettid()
    {
        return call(SyscallNumber.GETTID, 0, 0, 0, 0, 0, 0);
    }

    /** @param tid thread, 0 for the caller. @param mask address. @param lengthBytes of the mask. @return 0. */
    public static long schedSetaffinity(final int tid, final long mask, final int lengthBytes)
    {
        return call(SyscallNumber.SCHED_SETAFFINITY, tid, lengthBytes, mask, 0, 0, 0);
    }

    /** @param tid thread, 0 for the caller. @param mask address. @param lengthBytes of the mask.
     * @return bytes of the mask that the kernel filled. */
    public static long schedGetaffinity(final int tid, final long mask, final int lengthBytes)
    {
        return call(SyscallNumber.SCHED_GETAFFINITY, tid, lengthBytes, mask, 0, 0, 0);
    }

    /** @param command BPF_. @param attributes address of {@code union bpf_attr}. @param lengthBytes of it.
     * @return command's result, often a file descriptor. */
    public static long bpf(final int command, final long attributes, final int lengthBytes)
    {
        return call(SyscallNumber.BPF, command, attributes, lengthBytes, 0, 0, 0);
    }

    /** @param entries of the submission queue. @param parameters address of {@code io_uring_params}.
     * @return file descriptor. */
    public static long ioUringSetup(final int entries, final long parameters)
    {
        return call(SyscallNumber.IO_URING_SETUP, entries, parameters, 0, 0, 0, 0);
    }

    /** @param fd ring. @param submit entries to submit. @param complete completions to wait for.
     * @param flags IORING_ENTER_. @param argument address. @param lengthBytes of the argument.
     * @return entries submitted. */
    public static long ioUringEnter(
        final int fd,
        final int submit,
        final int complete,
        final int flags,
        final long argument,
        final long lengthBytes)
    {
        return callWithoutErrno(SyscallNumber.IO_URING_ENTER, fd, submit, complete, flags, argument, lengthBytes);
    }

    /** @param fd ring. @param operation IORING_REGISTER_. @param argument address. @param count of its elements.
     * @return operation's result. */
    public static long ioUringRegister(final int fd, final int operation, final long argument, final int count)
    {
        return call(SyscallNumber.IO_URING_REGISTER, fd, operation, argument, count, 0, 0);
    }

    private static MethodHandle bind(final Linker.Option... options)
    {
        final Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.firstVariadicArg(1);
        return LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            all);
    }

    /**
     * A call whose failure needs no cause. Checking the segment that errno is captured in makes an object in every call
     * until C2 has compiled the caller; the packet path allocates nothing from its first packet on.
     */
    private static long callWithoutErrno(
        final long number,
        final long first,
        final long second,
        final long third,
        final long fourth,
        final long fifth,
        final long sixth)
    {
        try
        {
            return (long)SYSCALL_WITHOUT_ERRNO.invokeExact(number, first, second, third, fourth, fifth, sixth);
        }
        catch (final Throwable ex)
        {
            throw new IllegalStateException("system call " + number, ex);
        }
    }

    private static long call(
        final long number,
        final long first,
        final long second,
        final long third,
        final long fourth,
        final long fifth,
        final long sixth)
    {
        final MemorySegment errno = ERRNO.get();
        try
        {
            final long result = (long)SYSCALL.invokeExact(errno, number, first, second, third, fourth, fifth, sixth);
            return result == -1 ? -errno.get(JAVA_INT, 0) : result;
        }
        catch (final Throwable ex)
        {
            // The handle throws nothing of its own; what comes here is a fault of the JVM (stack overflow).
            throw new IllegalStateException("system call " + number, ex);
        }
    }
}
