package org.headrace.forwarder.rewrite;

/**
 * Which worker a port of our local FULLNAT addresses belongs to: {@code (port & mask) == worker}. The mask is one less
 * than the number of workers rounded up to a power of two; ports that would belong to a worker beyond the last one
 * belong to nobody and are never chosen: none with 1, 2 or 4 workers, a quarter with 3, and never as much as half.
 *
 * <p>So a worker finds ports for its connections without asking anybody, and the kernel's program sends a server's
 * answer to the worker that has chosen the port ({@code io.bpf.PickerMaps#locals}). Immutable; any thread.
 */
public final class LocalPorts
{
    /** The port belongs to no worker. */
    public static final int NOBODY = -1;

    private final int workerCount;
    private final int mask;

    /** @param workerCount 1 to 1024. */
    public LocalPorts(final int workerCount)
    {
        this.workerCount = workerCount;
        this.mask = (Integer.highestOneBit(workerCount) << (Integer.bitCount(workerCount) == 1 ? 0 : 1)) - 1;
    }

    /** @return bits of a port that say whose it is. */
    public int mask()
    {
        return mask;
    }

    /** @param port 0 to 65535. @return number of the worker, or {@link #NOBODY}. */
    public int owner(final int port)
    {
        final int worker = port & mask;
        return worker < workerCount ? worker : NOBODY;
    }
}
