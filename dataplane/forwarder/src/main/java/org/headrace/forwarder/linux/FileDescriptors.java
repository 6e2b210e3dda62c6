package org.headrace.forwarder.linux;

/** Closing of what may be open. */
public final class FileDescriptors
{
    /** No file. */
    public static final int NONE = -1;

    private FileDescriptors()
    {
    }

    /**
     * @param fd to close; below 0: nothing to do.
     * @return {@link #NONE}, to be stored where the descriptor was.
     */
    public static int close(final int fd)
    {
        if (fd >= 0)
        {
            // Linux frees the descriptor even when close reports an error, so there is nothing to repeat.
            Syscall.close(fd);
        }
        return NONE;
    }
}
