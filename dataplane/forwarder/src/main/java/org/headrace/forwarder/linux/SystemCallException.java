package org.headrace.forwarder.linux;

/** A system call of a control path failed. The hot path does not throw: its calls return the negative error number. */
public final class SystemCallException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call  what was called and for what, as {@code bind(AF_PACKET, eth0)}.
     * @param errno the kernel's number, above 0.
     */
    public SystemCallException(final String call, final int errno)
    {
        this(call, errno, "");
    }

    /**
     * @param call   what was called and for what.
     * @param errno  the kernel's number, above 0.
     * @param detail more that the kernel told, or empty.
     */
    public SystemCallException(final String call, final int errno, final String detail)
    {
        super(call + " failed with " + Errno.describe(errno) + (detail.isEmpty() ? "" : "\n" + detail));
        this.errno = errno;
    }

    /**
     * @return the kernel's number, above 0.
     */
    public int errno()
    {
        return errno;
    }

    /**
     * @param expected an error.
     * @return true if it is the one that happened.
     */
    public boolean is(final Errno expected)
    {
        return errno == expected.number();
    }
}
