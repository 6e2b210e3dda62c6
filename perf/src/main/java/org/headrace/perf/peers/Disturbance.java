package org.headrace.perf.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Watches who else has used the machine's CPUs while something was measured: processes that are not of this one's
 * family, and the hypervisor (time stolen). Threads of the kernel work for what is measured and do not count.
 */
final class Disturbance
{
    /** Shares of one CPU above which a run is called disturbed. */
    static final double MAX_FOREIGN = 0.05;
    /** Share of all CPU time above which a run is called disturbed. */
    static final double MAX_STOLEN = 0.02;

    private static final double TICKS_PER_SECOND = 100;
    private static final long KERNEL_THREADS = 2;
    private static final int STOLEN_FIELD = 8;

    /**
     * A process.
     *
     * @param parent process id of its parent.
     * @param ticks  of CPU time so far.
     */
    record Usage(long parent, long ticks)
    {
    }

    private final long startNs = System.nanoTime();
    private final Map<Long, Usage> before = processes();
    private final long[] cpuBefore = cpu();

    /** @return what has disturbed since this was made; empty if nothing worth a word. */
    List<String> notes()
    {
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final Map<Long, Usage> after = processes();
        long foreign = 0;
        for (final var process : after.entrySet())
        {
            final Usage old = before.get(process.getKey());
            final long ticks = process.getValue().ticks() - (old == null ? 0 : old.ticks());
            foreign += isOurs(process.getKey(), ProcessHandle.current().pid(), after) ? 0 : ticks;
        }
        final List<String> notes = new ArrayList<>();
        if (foreign / TICKS_PER_SECOND > MAX_FOREIGN * seconds)
        {
            notes.add(String.format(Locale.ROOT, "others used %.0f%% of a CPU",
                100 * foreign / TICKS_PER_SECOND / seconds));
        }
        final long[] cpuAfter = cpu();
        final double stolen = (double)(cpuAfter[1] - cpuBefore[1]) / Math.max(1, cpuAfter[0] - cpuBefore[0]);
        if (stolen > MAX_STOLEN)
        {
            notes.add(String.format(Locale.ROOT, "%.1f%% stolen by the hypervisor", 100 * stolen));
        }
        return notes;
    }

    /** @return true if a process is this one, one that it has started, or a thread of the kernel. */
    static boolean isOurs(final long pid, final long self, final Map<Long, Usage> processes)
    {
        for (long id = pid; id > 0; id = processes.get(id).parent())
        {
            if (id == self || id == KERNEL_THREADS)
            {
                return true;
            }
            if (!processes.containsKey(id))
            {
                return false;
            }
        }
        return false;
    }

    private static Map<Long, Usage> processes()
    {
        final Map<Long, Usage> processes = new HashMap<>();
        try (Stream<Path> entries = Files.list(Path.of("/proc")))
        {
            entries.filter(entry -> Character.isDigit(entry.getFileName().toString().charAt(0)))
                .forEach(entry -> put(processes, entry));
        }
        catch (final IOException e)
        {
            return processes;
        }
        return processes;
    }

    private static void put(final Map<Long, Usage> processes, final Path entry)
    {
        try
        {
            processes.put(Long.parseLong(entry.getFileName().toString()),
                parse(Files.readString(entry.resolve("stat"))));
        }
        catch (final IOException _)
        {
            // It has ended since the listing.
            return;
        }
    }

    // proc(5): pid (comm) state ppid ... utime stime, the 14th and 15th; comm may hold blanks and parentheses.
    static Usage parse(final String stat)
    {
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Usage(Long.parseLong(fields[1]), Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    /** {all, stolen} in ticks. */
    private static long[] cpu()
    {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat")))
        {
            final String[] fields = lines.findFirst().orElseThrow().trim().split("\\s+");
            long sum = 0;
            for (int i = 1; i <= STOLEN_FIELD; i++)
            {
                sum += Long.parseLong(fields[i]);
            }
            return new long[]{sum, Long.parseLong(fields[STOLEN_FIELD])};
        }
        catch (final IOException e)
        {
            return new long[]{0, 0};
        }
    }
}
