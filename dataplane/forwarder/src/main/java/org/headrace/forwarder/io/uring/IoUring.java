package org.headrace.forwarder.io.uring;

import static org.headrace.forwarder.io.uring.IoUringDescriptor.*;

import org.headrace.forwarder.linux.Errno;
import org.headrace.forwarder.linux.FileDescriptors;
import org.headrace.forwarder.linux.MemoryMapping;
import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.forwarder.linux.Syscall;
import org.headrace.forwarder.linux.SystemCallException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One io_uring, as far as the packet driver needs it: queue sends and polls, submit, look at completions, wait.
 *
 * <p><b>Assumptions and guarantees.</b> Belongs to the thread that creates it (the kernel enforces this,
 * {@code IORING_SETUP_SINGLE_ISSUER}). Nothing allocates or throws after construction. The kernel reads the submission
 * queue only inside of {@link #submit} and {@link #await}, and with {@code IORING_SETUP_DEFER_TASKRUN} it writes
 * completions only there: hence plain accesses would do; the ordered ones document the protocol and cost nothing.
 */
final class IoUring implements AutoCloseable
{
    private static final int ONE_SECOND_NS = 1_000_000_000;

    private final int entries;
    private final int completionMask;
    private final long submissionHead;
    private final long submissionTail;
    private final long completionHead;
    private final long completionTail;
    private final long completions;
    private final long submissions;
    private final MemoryMapping rings;
    private final MemoryMapping submissionEntries;
    private final long waitArgument;
    private final long waitTime;
    private final RegisteredRing registered;
    private final int enteredFd;
    private final int enterFlags;
    private int fd;
    private int tail;
    private int queued;
    private int seen;

    /**
     * @param entries      of the submission queue, a power of two; the completion queue has four times as many.
     * @param descriptors  files that entries refer to by their place.
     */
    IoUring(final int entries, final int[] descriptors)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment parameters = arena.allocate(PARAMS_BYTES, Long.BYTES);
            fd = setup(entries, parameters);
            this.entries = get(parameters, PARAMS_SQ_ENTRIES);
            final int completionEntries = get(parameters, PARAMS_CQ_ENTRIES);
            final long ringBytes = get(parameters, PARAMS_CQ_CQES) + (long)completionEntries * CQE_BYTES;
            rings = MemoryMapping.ofFile("io_uring rings", fd, OFFSET_SQ_RING, ringBytes);
            submissionEntries = MemoryMapping.ofFile("io_uring entries", fd, OFFSET_SQES, (long)entries * SQE_BYTES);
            submissions = submissionEntries.address();
            submissionHead = rings.address() + get(parameters, PARAMS_SQ_HEAD);
            submissionTail = rings.address() + get(parameters, PARAMS_SQ_TAIL);
            completionHead = rings.address() + get(parameters, PARAMS_CQ_HEAD);
            completionTail = rings.address() + get(parameters, PARAMS_CQ_TAIL);
            completions = rings.address() + get(parameters, PARAMS_CQ_CQES);
            completionMask = completionEntries - 1;
            register(arena, descriptors);
        }
        registered = new RegisteredRing(fd);
        enteredFd = registered.descriptor();
        enterFlags = registered.enterFlags();
        tail = NativeMemory.getInt(submissionTail);
        seen = NativeMemory.getInt(completionHead);
        waitArgument = NativeMemory.allocate(GETEVENTS_ARG_BYTES + TIMESPEC_BYTES, Long.BYTES);
        waitTime = waitArgument + GETEVENTS_ARG_BYTES;
        NativeMemory.putLong(waitArgument + GETEVENTS_ARG_TS, waitTime);
    }

    /**
     * Tries the set-up that the driver uses, for a probe.
     *
     * @return 0, or the negative error number.
     */
    static int probe()
    {
        try (Arena arena = Arena.ofConfined())
        {
            final MemorySegment parameters = arena.allocate(PARAMS_BYTES, Long.BYTES);
            parameters.set(ValueLayout.JAVA_INT, PARAMS_FLAGS, SETUP_FLAGS);
            parameters.set(ValueLayout.JAVA_INT, PARAMS_CQ_ENTRIES, 16);
            final long fd = Syscall.ioUringSetup(4, parameters.address());
            if (fd < 0)
            {
                return (int)fd;
            }
            Syscall.close((int)fd);
            final int needed = FEATURE_SINGLE_MMAP | FEATURE_EXT_ARG | FEATURE_CQE_SKIP;
            return (get(parameters, PARAMS_FEATURES) & needed) == needed ? 0 : -Errno.EINVAL.number();
        }
    }

    private static int setup(final int entries, final MemorySegment parameters)
    {
        parameters.set(ValueLayout.JAVA_INT, PARAMS_FLAGS, SETUP_FLAGS);
        parameters.set(ValueLayout.JAVA_INT, PARAMS_CQ_ENTRIES, 4 * entries);
        final long fd = Syscall.ioUringSetup(entries, parameters.address());
        if (fd == -Errno.EPERM.number())
        {
            throw new SystemCallException(
                "io_uring_setup", Errno.EPERM.number(), "see sysctl kernel.io_uring_disabled (expected: 0)");
        }
        return (int)Syscall.check("io_uring_setup(entries=" + entries + ")", fd);
    }

    private void register(final Arena arena, final int[] descriptors)
    {
        final MemorySegment files = arena.allocateFrom(ValueLayout.JAVA_INT, descriptors);
        Syscall.check(
            "io_uring_register(FILES, " + descriptors.length + ")",
            Syscall.ioUringRegister(fd, REGISTER_FILES, files.address(), descriptors.length));
    }

    private static int get(final MemorySegment parameters, final int offset)
    {
        return parameters.get(ValueLayout.JAVA_INT, offset);
    }

    /**
     * Queues a send that never waits and whose success is not reported.
     *
     * @param file     place of the socket among the registered files.
     * @param address  of the bytes; they have to stay until {@link #submit} returns.
     * @param length   of the bytes.
     * @param flags    {@code MSG_}; with {@code MSG_DONTWAIT} the send is over when {@link #submit} returns.
     * @param userData comes back with a failure.
     * @return false if the queue is full.
     */
    boolean queueSend(final int file, final long address, final int length, final int flags, final long userData)
    {
        return queue(
            OP_SEND | SQE_FIXED_FILE << 8 | SQE_CQE_SKIP_SUCCESS << 8 | (long)file << 32,
            address, length & 0xFFFF_FFFFL | (long)flags << 32, userData);
    }

    /**
     * Queues a question whether a file is ready; it is answered once.
     *
     * @param file     place of the file among the registered ones.
     * @param events   {@code POLL}.
     * @param userData comes back with the answer.
     * @return false if the queue is full.
     */
    boolean queuePoll(final int file, final int events, final long userData)
    {
        return queue(OP_POLL_ADD | SQE_FIXED_FILE << 8 | (long)file << 32, 0, (long)events << 32, userData);
    }

    private boolean queue(
        final long operationAndFile, final long address, final long lengthAndFlags, final long userData)
    {
        if (queued == entries)
        {
            return false;
        }
        // Bytes 40 to 63 of an entry are zero from the beginning and nobody writes them.
        final long entry = entry(tail);
        NativeMemory.putLong(entry, operationAndFile);
        NativeMemory.putLong(entry + SQE_OFF, 0);
        NativeMemory.putLong(entry + SQE_ADDR, address);
        NativeMemory.putLong(entry + SQE_LEN, lengthAndFlags);
        NativeMemory.putLong(entry + SQE_USER_DATA, userData);
        tail++;
        queued++;
        return true;
    }

    /**
     * @return entries queued and not submitted.
     */
    int queued()
    {
        return queued;
    }

    /**
     * Hands the queue to the kernel. With {@code IORING_SETUP_SUBMIT_ALL} an entry that fails does not hold up the
     * others; the kernel stops early only when it is out of memory for requests.
     *
     * @return entries that it took.
     */
    int submit()
    {
        NativeMemory.putIntRelease(submissionTail, tail);
        final long taken = Syscall.ioUringEnter(enteredFd, queued, 0, enterFlags, 0, 0);
        if (taken > 0)
        {
            queued -= (int)taken;
        }
        return (int)taken;
    }

    /**
     * @param index of an entry that is queued, 0 for the first.
     * @return what it was queued with.
     */
    long queuedUserData(final int index)
    {
        return NativeMemory.getLong(entry(tail - queued + index) + SQE_USER_DATA);
    }

    private long entry(final int position)
    {
        return submissions + (long)(position & entries - 1) * SQE_BYTES;
    }

    /**
     * Takes back what {@link #submit} has left over. The kernel has not looked at it, because it looks only when asked.
     */
    void dropQueued()
    {
        tail = NativeMemory.getInt(submissionHead);
        queued = 0;
        NativeMemory.putIntRelease(submissionTail, tail);
    }

    /**
     * Submits what is queued and waits for a completion.
     *
     * @param timeoutNs longest wait, at least 0.
     */
    void await(final long timeoutNs)
    {
        NativeMemory.putIntRelease(submissionTail, tail);
        NativeMemory.putLong(waitTime, timeoutNs / ONE_SECOND_NS);
        NativeMemory.putLong(waitTime + Long.BYTES, timeoutNs % ONE_SECOND_NS);
        final long taken = Syscall.ioUringEnter(
            enteredFd, queued, 1, enterFlags | ENTER_GETEVENTS | ENTER_EXT_ARG, waitArgument, GETEVENTS_ARG_BYTES);
        if (taken >= 0)
        {
            queued -= (int)taken;
        }
        else
        {
            // ETIME is reported only when nothing had been submitted; the head tells for every case.
            queued = tail - NativeMemory.getIntAcquire(submissionHead);
        }
    }

    /**
     * @return true if there is a completion to look at.
     */
    boolean hasCompletion()
    {
        return seen != NativeMemory.getIntAcquire(completionTail);
    }

    /**
     * @return what the entry was queued with, of the completion that {@link #hasCompletion} saw.
     */
    long completionUserData()
    {
        return NativeMemory.getLong(completions + (long)(seen & completionMask) * CQE_BYTES);
    }

    /**
     * @return result of the completion that {@link #hasCompletion} saw: negative error number, or the operation's.
     */
    int completionResult()
    {
        return NativeMemory.getInt(completions + (long)(seen & completionMask) * CQE_BYTES + CQE_RES);
    }

    /** Gives the place of the completion that {@link #hasCompletion} saw back to the kernel. */
    void completionDone()
    {
        NativeMemory.putIntRelease(completionHead, ++seen);
    }

    @Override
    public void close()
    {
        registered.close();
        fd = FileDescriptors.close(fd);
        submissionEntries.close();
        rings.close();
    }
}
