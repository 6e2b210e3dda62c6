package org.headrace.perf.peers;

import org.headrace.perf.report.Plot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes {@code peers.html}, {@code peers.json} and, at the end of a run, pictures and a summary on the terminal. */
final class ReportFiles
{
    private final Path directory;
    private final Path otherDirectory;

    /**
     * @param directory      that takes the files.
     * @param otherDirectory where reports of other benchmarks lie that are not in it.
     */
    ReportFiles(final Path directory, final Path otherDirectory)
    {
        this.directory = directory;
        this.otherDirectory = otherDirectory;
    }

    void write(final Results results, final Run run) throws IOException
    {
        Files.createDirectories(directory);
        final List<Goal> goals =
            Targets.of(results, run.missing(), new OtherReports(List.of(directory, otherDirectory)));
        final Map<String, Plot> plots = Plots.of(results, run, goals);
        Files.writeString(directory.resolve("peers.json"), ReportJson.of(results, run, goals));
        Files.writeString(directory.resolve("peers.html"), ReportPage.of(results, run, goals, plots));
        if (run.isFinished())
        {
            for (final Map.Entry<String, Plot> plot : plots.entrySet())
            {
                plot.getValue().writePng(directory.resolve("peers-" + plot.getKey() + ".png"));
            }
            summarize(goals);
            System.out.println("written to " + directory + ": peers.html, peers.json, " + plots.size() + " pictures");
        }
    }

    private static void summarize(final List<Goal> goals)
    {
        System.out.println();
        for (final Goal goal : goals)
        {
            System.out.printf(Locale.ROOT, "%-4s %-60s %14s %12s  %s%n", goal.target(), goal.what(), goal.goalText(),
                goal.figureText(), goal.verdict() + (goal.figure().isEmpty() ? ": " + goal.remark() : ""));
        }
    }
}
