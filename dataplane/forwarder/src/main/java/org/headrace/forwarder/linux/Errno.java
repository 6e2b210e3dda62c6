package org.headrace.forwarder.linux;

/**
 * Error numbers of the kernel interfaces that we call, with what each means to an operator.
 *
 * <p>Mirrors {@code asm-generic/errno-base.h} and {@code asm-generic/errno.h}, which x86-64 and arm64 share.
 */
public enum Errno
{
    /** Not permitted. */
    EPERM(1, "not permitted: run as root or give the process CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF"),
    /** No such file. */
    ENOENT(2, "no such file or entry"),
    /** Interrupted. */
    EINTR(4, "interrupted by a signal"),
    /** Input or output error. */
    EIO(5, "input or output error"),
    /** No such device or address. */
    ENXIO(6, "no such device or address"),
    /** Too long. */
    E2BIG(7, "larger than the kernel takes: the kernel is older than this feature, or a limit is reached"),
    /** Bad file descriptor. */
    EBADF(9, "file descriptor is closed"),
    /** Try again. */
    EAGAIN(11, "a resource is used up at the moment"),
    /** Out of memory. */
    ENOMEM(12, "the kernel has not enough memory, or the limit of locked memory is reached"),
    /** Permission denied. */
    EACCES(13, "permission denied, or the program was refused"),
    /** Bad address. */
    EFAULT(14, "bad address"),
    /** Busy. */
    EBUSY(16, "device or resource is busy"),
    /** Exists. */
    EEXIST(17, "exists already"),
    /** No such device. */
    ENODEV(19, "no such interface in this network namespace"),
    /** Not a directory. */
    ENOTDIR(20, "not a directory"),
    /** Invalid. */
    EINVAL(22, "invalid argument: most often the kernel is older than this feature"),
    /** Too many open files in the system. */
    ENFILE(23, "too many open files in the system"),
    /** Too many open files. */
    EMFILE(24, "too many open files: raise the limit (ulimit -n)"),
    /** No space. */
    ENOSPC(28, "no space left, or a limit of the kernel is reached"),
    /** Function not implemented. */
    ENOSYS(38, "the kernel was built without this feature, or a sandbox hides it"),
    /** Message too long. */
    EMSGSIZE(90, "frame is longer than the interface's MTU"),
    /** No such option. */
    ENOPROTOOPT(92, "the kernel does not know this socket option"),
    /** Not supported. */
    EOPNOTSUPP(95, "not supported by this kernel or device"),
    /** Address family not supported. */
    EAFNOSUPPORT(97, "address family not supported: the kernel was built without it"),
    /** Network is down. */
    ENETDOWN(100, "interface is down: bring it up (ip link set dev NAME up)"),
    /** No buffers. */
    ENOBUFS(105, "send buffer or queue of the device is full"),
    /** Timed out. */
    ETIME(62, "time is up");

    private final int number;
    private final String meaning;

    Errno(final int number, final String meaning)
    {
        this.number = number;
        this.meaning = meaning;
    }

    /**
     * @return the kernel's number, above 0.
     */
    public int number()
    {
        return number;
    }

    /**
     * @param number above 0.
     * @return name, number and meaning, as {@code ENODEV (19): no such interface in this network namespace}.
     */
    public static String describe(final int number)
    {
        for (final Errno errno : values())
        {
            if (errno.number == number)
            {
                return errno.name() + " (" + number + "): " + errno.meaning;
            }
        }
        return "errno " + number;
    }
}
