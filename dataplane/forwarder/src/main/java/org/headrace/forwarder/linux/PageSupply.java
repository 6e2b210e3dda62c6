package org.headrace.forwarder.linux;

/**
 * Gets the pages of a mapped file into memory, huge ones if it can be, without ever risking a SIGBUS: the kernel
 * touches them, and reports what a touch of ours would have been killed for.
 *
 * <p>Source: madvise(2); {@code mm/madvise.c}, {@code mm/khugepaged.c} of Linux 6.18.
 */
final class PageSupply
{
    static final long HUGE_PAGE = 2L << 20;

    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MADV_COLLAPSE = 25;
    private static final long PAGE = 4096;
    /** At most this much is asked for in one call, so that none holds the lock of the address space for long. */
    private static final long CHUNK = 32 * HUGE_PAGE;

    private final int fd;
    private final long address;
    private final long mappedBytes;
    private final long pageBytes;
    private boolean collapses;
    private boolean populates = true;

    /**
     * @param fd           of the file.
     * @param address      of the mapping, aligned to a huge page.
     * @param mappedBytes  of it.
     * @param hugetlbBytes page size if the file lies on hugetlbfs, else 0.
     */
    PageSupply(final int fd, final long address, final long mappedBytes, final long hugetlbBytes)
    {
        this.fd = fd;
        this.address = address;
        this.mappedBytes = mappedBytes;
        pageBytes = hugetlbBytes == 0 ? PAGE : hugetlbBytes;
        collapses = hugetlbBytes == 0;
    }

    static long up(final long value, final long unit)
    {
        return value + unit - 1 & -unit;
    }

    /**
     * Gets the pages of a part.
     *
     * @param offset         of the part.
     * @param length         of the part in bytes, above 0.
     * @param allocatesFirst true for a file system on a disk: give all of the part blocks, then touch it.
     * @return 0, or the negative error number.
     */
    long touch(final long offset, final long length, final boolean allocatesFirst)
    {
        final long start = offset & -pageBytes;
        final long end = Math.min(up(offset + length, pageBytes), up(mappedBytes, PAGE));
        if (allocatesFirst)
        {
            final long result = Syscall.fallocate(fd, 0, mappedBytes);
            if (result < 0 && result != -Errno.EOPNOTSUPP.number())
            {
                return result;
            }
        }
        if (collapses)
        {
            // for all of it, so that it stays one mapping; where it is not known, the pages are small
            Syscall.madvise(address, mappedBytes, MADV_HUGEPAGE);
        }
        long from = start;
        while (from < end)
        {
            final long to = Math.min((from & -CHUNK) + CHUNK, end);
            final long result = touchChunk(from, to);
            if (result < 0)
            {
                return result;
            }
            from = to;
        }
        return 0;
    }

    private long touchChunk(final long from, final long to)
    {
        if (collapses)
        {
            collapse(from, to);
        }
        if (populates)
        {
            final long result = Syscall.madvise(address + from, to - from, MADV_POPULATE_WRITE);
            if (result == -Errno.EFAULT.number())
            {
                // "a SIGBUS would have been generated on actual memory access": there is no other cause of that here
                return -Errno.ENOSPC.number();
            }
            if (result != -Errno.EINVAL.number())
            {
                return result;
            }
            populates = false;
        }
        return touchByHand(from, to);
    }

    /**
     * One small page in each huge one first, then the huge page is made around it: a tenth of the time that it takes to
     * fill it with small pages and to copy those. It is done only where all of the huge page is in the file.
     */
    private void collapse(final long from, final long to)
    {
        final long start = up(from, HUGE_PAGE);
        final long end = Math.min(up(to, HUGE_PAGE), mappedBytes & -HUGE_PAGE);
        for (long page = start; page < end; page += HUGE_PAGE)
        {
            if (Syscall.madvise(address + page, PAGE, MADV_POPULATE_WRITE) < 0)
            {
                return;
            }
        }
        if (start < end && Syscall.madvise(address + start, end - start, MADV_COLLAPSE) == -Errno.EINVAL.number())
        {
            // this kernel or this file system cannot; a shortage of memory may be over in the next chunk
            collapses = false;
        }
    }

    /** For kernels before 5.14. What is in the pages stays, so a table that outlived its process is not harmed. */
    private long touchByHand(final long from, final long to)
    {
        final long result = Syscall.fallocate(fd, from, Math.min(to, mappedBytes) - from);
        if (result < 0)
        {
            return result;
        }
        for (long page = from; page < to; page += pageBytes)
        {
            NativeMemory.putByte(address + page, NativeMemory.getUnsignedByte(address + page));
        }
        return 0;
    }
}
