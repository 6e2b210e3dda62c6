package org.headrace.forwarder.linux;

import java.io.File;
import java.lang.foreign.Arena;
import java.util.BitSet;

/**
 * Which CPUs a thread may run on ({@code sched_setaffinity(2)}). For the start of a process; allocates.
 */
public final class ThreadAffinity
{
    private static final int MASK_BYTES = CpuSet.MAX_CPUS / Byte.SIZE;
    private static final int CALLER = 0;

    private ThreadAffinity()
    {
    }

    /**
     * @return CPUs that the calling thread may use.
     */
    public static BitSet allowedCpus()
    {
        return allowedCpus(CALLER);
    }

    /**
     * @return the highest CPU that the calling thread may use: the usual place for a single worker, because the kernel
     *     puts most of its own work on the lowest.
     */
    public static int lastAllowedCpu()
    {
        return allowedCpus().length() - 1;
    }

    /**
     * Binds the calling thread to one CPU and reads the binding back.
     *
     * @param cpu number, below {@link CpuSet#MAX_CPUS}.
     * @throws SystemCallException   if the kernel refuses, as for a CPU outside of the container's set.
     * @throws IllegalStateException if the kernel reports another set than the one asked for.
     */
    public static void pinCurrentThread(final int cpu)
    {
        final BitSet wanted = new BitSet();
        wanted.set(cpu);
        Syscall.check("sched_setaffinity(cpu=" + cpu + ")", setAllowedCpus(CALLER, wanted));
        final BitSet actual = allowedCpus();
        if (!actual.equals(wanted))
        {
            throw new IllegalStateException(
                "affinity=" + CpuSet.format(actual) + " after pinning to cpu=" + cpu);
        }
    }

    /**
     * Moves every thread that this process has now off the given CPUs, so that compiler, collector and control threads
     * stay away from the workers; threads made later inherit it. Workers pin themselves afterwards.
     *
     * @param workerCpus to keep free.
     * @return CPUs left to the process, or an empty set if nothing was changed because none would be left.
     */
    public static BitSet keepProcessOff(final BitSet workerCpus)
    {
        final BitSet left = allowedCpus();
        left.andNot(workerCpus);
        if (left.isEmpty())
        {
            return left;
        }
        final String[] tasks = new File("/proc/self/task").list();
        if (tasks != null)
        {
            for (final String task : tasks)
            {
                // A thread may end between the listing and the call; that is no fault.
                setAllowedCpus(Integer.parseInt(task), left);
            }
        }
        return left;
    }

    private static BitSet allowedCpus(final int tid)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final var mask = arena.allocate(MASK_BYTES, Long.BYTES);
            Syscall.check("sched_getaffinity", Syscall.schedGetaffinity(tid, mask.address(), MASK_BYTES));
            return BitSet.valueOf(mask.asByteBuffer());
        }
    }

    private static long setAllowedCpus(final int tid, final BitSet cpus)
    {
        try (Arena arena = Arena.ofConfined())
        {
            final var mask = arena.allocate(MASK_BYTES, Long.BYTES);
            mask.asByteBuffer().put(cpus.toByteArray());
            return Syscall.schedSetaffinity(tid, mask.address(), MASK_BYTES);
        }
    }
}
