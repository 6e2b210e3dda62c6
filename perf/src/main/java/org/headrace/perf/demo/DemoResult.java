package org.headrace.perf.demo;

import org.headrace.perf.lab.ServiceCounters;
import org.headrace.perf.load.Tally;
import org.headrace.perf.load.WrkReport;
import org.headrace.protocol.counters.ServerCounter;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the demo found out: figures to show, and complaints, which make it fail.
 */
final class DemoResult
{
    private final List<String> lines = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private long answered;
    private long failed;

    void onWrk(final String what, final WrkReport report)
    {
        onRequests(what, report.requests(), report.failed());
    }

    void onTally(final String what, final Tally tally)
    {
        onRequests(what, tally.answered(), tally.failed());
        complaints.addAll(tally.failures());
    }

    void onRequests(final String what, final long answers, final long failures)
    {
        answered += answers;
        failed += failures;
        lines.add(String.format(Locale.ROOT, "  %-46s %,10d answered %6d failed", what, answers, failures));
        if (failures > 0 || answers == 0)
        {
            complaints.add(what + ": answered=" + answers + " failed=" + failures);
        }
    }

    void line(final String text)
    {
        lines.add("  " + text);
    }

    void complain(final String text)
    {
        complaints.add(text);
    }

    /**
     * Compares what each server got since {@code before} with its weight: wrr is never off by more than one connection
     * as long as the weights stand in the ratio 2 : 1 : 1.
     */
    void onShares(final String what, final ServiceCounters service, final long[] before)
    {
        final long[] now = service.all(ServerCounter.CONNECTIONS);
        long total = 0;
        long weights = 0;
        for (int i = 0; i < now.length; i++)
        {
            total += now[i] - before[i];
            weights += service.weight(i);
        }
        lines.add(String.format(Locale.ROOT, "  %s: %,d connections", what, total));
        for (int i = 0; i < now.length; i++)
        {
            final long got = now[i] - before[i];
            final double due = (double)total * service.weight(i) / weights;
            lines.add(String.format(Locale.ROOT, "    %-18s weight %3d  got %,9d  due %,11.1f  share %5.2f%%",
                service.name(i), service.weight(i), got, due, 100.0 * got / Math.max(total, 1)));
            if (Math.abs(got - due) > 1)
            {
                complaints.add(what + ": " + service.name(i) + " got=" + got + " due=" + due);
            }
        }
    }

    boolean isGood()
    {
        return complaints.isEmpty();
    }

    void print(final PrintStream out)
    {
        out.println();
        out.println("Summary");
        lines.forEach(out::println);
        out.printf(Locale.ROOT, "  %-46s %,10d answered %6d failed%n", "all requests", answered, failed);
        if (!complaints.isEmpty())
        {
            out.println();
            out.println("Not as it should be:");
            complaints.forEach(complaint -> out.println("  " + complaint));
        }
        out.println();
        out.println(isGood() ? "Every request was answered, and the shares fit the weights." : "The demo has failed.");
    }
}
