package org.headrace.agent.netlink;

/** Names and meanings of the error numbers met on netlink sockets; {@code asm-generic/errno-base.h} and errno.h. */
enum Errno
{
    EPERM(1, "operation not permitted, CAP_NET_ADMIN is missing"),
    ENOENT(2, "no such entry"),
    ESRCH(3, "no such route or process"),
    EINTR(4, "interrupted system call"),
    EBADF(9, "bad file descriptor"),
    EAGAIN(11, "try again"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied, or a prohibit route"),
    EBUSY(16, "device or resource busy"),
    EEXIST(17, "already exists"),
    ENODEV(19, "no such device"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files on this host"),
    EMFILE(24, "too many open files in this process"),
    ERANGE(34, "value out of range"),
    EPROTONOSUPPORT(93, "protocol not supported"),
    EOPNOTSUPP(95, "operation not supported"),
    EAFNOSUPPORT(97, "address family not supported, is IPv6 off?"),
    EADDRNOTAVAIL(99, "no such address on the interface"),
    ENETDOWN(100, "network is down"),
    ENETUNREACH(101, "no route to the network"),
    ENOBUFS(105, "no buffer space or table overflow"),
    ETIMEDOUT(110, "timed out"),
    ECONNREFUSED(111, "connection refused"),
    EHOSTUNREACH(113, "no route to the host");

    private final int number;
    private final String meaning;

    Errno(final int number, final String meaning)
    {
        this.number = number;
        this.meaning = meaning;
    }

    int number()
    {
        return number;
    }

    /**
     * @param number positive error number.
     * @return for example {@code errno=EEXIST(17) already exists}.
     */
    static String describe(final int number)
    {
        for (final Errno errno : values())
        {
            if (errno.number == number)
            {
                return "errno=" + errno.name() + "(" + number + ") " + errno.meaning;
            }
        }
        return "errno=" + number;
    }
}
