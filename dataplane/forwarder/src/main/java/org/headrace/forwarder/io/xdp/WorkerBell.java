package org.headrace.forwarder.io.xdp;

import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Syscall;

import java.lang.invoke.VarHandle;

/**
 * Wakes a worker that waits in the kernel: an {@code eventfd(2)}, written only when the worker says that it sleeps.
 *
 * <p><b>Assumptions and guarantees.</b> The sleeper says that it goes to sleep, then looks for work a last time; the
 * waker makes work visible, then looks whether the other sleeps. Both have a full fence between, so that at least one
 * of them sees the other: no work is left while its worker sleeps. A ring too many costs one look.
 */
final class WorkerBell implements AutoCloseable
{
    private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int LINE_BYTES = 128;

    private final long isSleeping = NativeMemory.allocate(LINE_BYTES, LINE_BYTES);
    /** Written to the eventfd; never changes, so that any worker may use it. */
    private final long one = NativeMemory.allocate(LINE_BYTES, LINE_BYTES);
    private final long count = NativeMemory.allocate(LINE_BYTES, LINE_BYTES);
    private int fd = (int)Syscall.check("eventfd", Syscall.eventfd(EFD_NONBLOCK_CLOEXEC));

    WorkerBell()
    {
        NativeMemory.putLong(one, 1);
    }

    int fd()
    {
        return fd;
    }

    /** Sleeper: from now on it has to be woken; look for work once more before the wait. */
    void onSleep()
    {
        NativeMemory.putIntRelease(isSleeping, 1);
        VarHandle.fullFence();
    }

    /** Sleeper: is awake again. */
    void onAwake()
    {
        NativeMemory.putIntRelease(isSleeping, 0);
        Syscall.tryRead(fd, count, Long.BYTES);
    }

    /** Any other worker: what it has made visible is to be looked at. */
    void ring()
    {
        VarHandle.fullFence();
        if (NativeMemory.getIntAcquire(isSleeping) != 0)
        {
            Syscall.write(fd, one, Long.BYTES);
        }
    }

    @Override
    public void close()
    {
        fd = FileDescriptors.close(fd);
    }
}
