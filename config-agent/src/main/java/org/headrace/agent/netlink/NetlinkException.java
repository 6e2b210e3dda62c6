package org.headrace.agent.netlink;

import java.io.Serial;

/** A netlink system call or request that failed; the message names call, error number and meaning. */
public final class NetlinkException extends RuntimeException
{
    @Serial
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param call   system call or request with its arguments, as the operator should read it.
     * @param errno  positive error number; 0 if the kernel gave none.
     * @param detail what else the kernel said; may be empty.
     */
    NetlinkException(final String call, final int errno, final String detail)
    {
        super(call + ": " + (errno == 0 ? "" : Errno.describe(errno)) + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.errno = errno;
    }

    /**
     * @return positive error number as in errno(3); 0 if the kernel gave none.
     */
    public int errno()
    {
        return errno;
    }
}
