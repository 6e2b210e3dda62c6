package org.headrace.agent.cli;

import org.headrace.agent.config.Units;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.CycleTimes;
import org.headrace.protocol.counters.DropReason;
import org.headrace.protocol.counters.WorkerCounter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code ctl stats}. */
@Command(name = "stats", description = "Counters of the workers, how long their cycles take, why packets were dropped.")
final class CtlStats implements Runnable
{
    private static final long MAX_INTERVAL_MS = TimeUnit.HOURS.toMillis(1);

    @ParentCommand
    private CtlCommand ctl;

    @Option(
        names = "--interval",
        paramLabel = "TIME",
        description = "Watch for this long (500ms, 5s, 1m), and show the cycle times of that interval instead of all " +
            "since the start.")
    private String interval;

    @Override
    public void run()
    {
        final long intervalMs = intervalMs();
        final ObjectNode stats = ctl.counters(counters -> stats(counters, intervalMs));
        stats.put("intervalMs", interval == null ? null : intervalMs);
        if (ctl.isJson())
        {
            ctl.print(stats);
            return;
        }
        final List<String> headings = new ArrayList<>(List.of("COUNTER"));
        for (int i = 0; i < stats.path("workers").size(); i++)
        {
            headings.add("WORKER-" + i + ">");
        }
        final TextTable table = new TextTable(headings.toArray(String[]::new));
        for (final WorkerCounter counter : WorkerCounter.values())
        {
            final boolean isState = counter.compareTo(WorkerCounter.CONNECTIONS_NONE) >= 0 &&
                counter.compareTo(WorkerCounter.CONNECTIONS_UDP) <= 0;
            if (!isState || stats.path("total").path(CountersReport.name(counter)).asLong() > 0)
            {
                table.row(row(counter.label(), stats, CountersReport.name(counter)));
            }
        }
        final String during = interval == null ? "" : ", last " + interval;
        table.row(row("cycles with work" + during, stats, "cycleTimes", "count"));
        table.row(row("cycle time, median, ns" + during, stats, "cycleTimes", "p50Ns"));
        table.row(row("cycle time, 99 %, ns" + during, stats, "cycleTimes", "p99Ns"));
        table.row(row("cycle time, 99.9 %, ns" + during, stats, "cycleTimes", "p999Ns"));
        table.row(row("cycle time, longest, ns" + during, stats, "cycleTimes", "maxNs"));
        for (final DropReason reason : DropReason.values())
        {
            if (stats.path("total").path("dropped").path(reason.name()).asLong() > 0)
            {
                table.row(row("dropped " + reason.name() + ": " + reason.explanation(), stats,
                    "dropped", reason.name()));
            }
        }
        ctl.out().print(table);
        ctl.out().flush();
    }

    private long intervalMs()
    {
        if (interval == null)
        {
            return 0;
        }
        final long intervalMs = Units.parseDurationMs(interval);
        if (intervalMs < 1 || intervalMs > MAX_INTERVAL_MS)
        {
            throw CommandException.failed("interval=" + interval + " is no time in 1ms..1h (as in 500ms, 5s, 1m)");
        }
        return intervalMs;
    }

    private static ObjectNode stats(final CountersFile counters, final long intervalMs)
    {
        final CountersReport report = new CountersReport(counters);
        final List<CycleTimes> before = report.cycleTimes();
        if (intervalMs == 0)
        {
            return report.stats(before);
        }
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(intervalMs);
        for (long leftNs = deadlineNs - System.nanoTime(); leftNs > 0; leftNs = deadlineNs - System.nanoTime())
        {
            LockSupport.parkNanos(leftNs);
        }
        final List<CycleTimes> during = new ArrayList<>();
        for (final CycleTimes after : report.cycleTimes())
        {
            during.add(after.since(before.get(during.size())));
        }
        return report.stats(during);
    }

    private static Object[] row(final String label, final JsonNode stats, final String... path)
    {
        final Object[] row = new Object[stats.path("workers").size() + 1];
        row[0] = label;
        for (int i = 1; i < row.length; i++)
        {
            JsonNode value = stats.path("workers").get(i - 1);
            for (final String name : path)
            {
                value = value.path(name);
            }
            row[i] = value.asLong();
        }
        return row;
    }
}
