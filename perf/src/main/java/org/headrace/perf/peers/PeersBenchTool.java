package org.headrace.perf.peers;

import org.headrace.perf.bench.Machine;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code scripts/bench}: puts Headrace and its peers to the same work, shows how far it is, writes the report. */
public final class PeersBenchTool
{
    private final Options options;
    private final Results results = new Results();
    private final Map<String, String> missing = new LinkedHashMap<>();
    private final Map<String, String> versions = new LinkedHashMap<>();
    private final Map<String, String> configurations = new LinkedHashMap<>();

    private PeersBenchTool(final Options options)
    {
        this.options = options;
    }

    /**
     * @param args as {@code --help} says.
     * @throws IOException if the report cannot be written.
     */
    public static void main(final String[] args) throws IOException
    {
        final List<String> arguments = List.of(args);
        if (arguments.contains("--help") || arguments.contains("-h"))
        {
            System.out.print(Options.USAGE);
            return;
        }
        try
        {
            final Options options = Options.parse(arguments, defaultDirectory());
            new PeersBenchTool(options).run("scripts/bench " + String.join(" ", arguments));
        }
        catch (final IllegalArgumentException e)
        {
            System.err.println("bench: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Path defaultDirectory()
    {
        return Path.of(System.getProperty("headrace.home", "."), "docs", "bench");
    }

    private void run(final String command) throws IOException
    {
        final List<Peer> present = new ArrayList<>();
        for (final Peer peer : options.peers())
        {
            peer.missing().ifPresentOrElse(reason -> missing.put(peer.name(), reason), () -> present.add(peer));
        }
        missing.forEach((peer, reason) -> System.out.println("missing: " + peer + ": " + reason));
        present.forEach(peer -> versions.put(peer.name(), peer.version()));
        final PeersPlan plan = PeersPlan.of(options.pace(), present, options.targets());
        final ReportFiles files = new ReportFiles(options.directory(), defaultDirectory());
        final String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        final long startNs = System.nanoTime();
        final List<String> loadBefore = Host.load();
        measure(plan, isFinished -> files.write(results, new Run(command.strip(), started,
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs), isFinished, options.pace(),
            Machine.describe(), Host.programs(), loadBefore, options.peers(), versions, missing, configurations,
            plan.disciplines())));
    }

    /** The report is written after each discipline, so that one that is interrupted leaves something. */
    private void measure(final PeersPlan plan, final Report report) throws IOException
    {
        final List<PeersPlan.Step> steps = plan.steps();
        final Progress progress = new Progress(steps.stream().mapToDouble(step -> step.seconds(options.pace())).sum());
        try (Lab lab = Lab.create())
        {
            Discipline current = null;
            for (final PeersPlan.Step step : steps)
            {
                if (step.discipline() != current)
                {
                    if (current != null)
                    {
                        report.write(false);
                    }
                    current = step.discipline();
                    current.setting().apply(lab);
                    System.out.println("== " + current.title());
                }
                configurations.computeIfAbsent(step.peer().name(), _ -> step.peer().configuration(lab));
                measure(lab, step, progress);
                progress.done(step.seconds(options.pace()));
            }
        }
        report.write(true);
    }

    private void measure(final Lab lab, final PeersPlan.Step step, final Progress progress)
    {
        try (Turn turn = new Turn(lab, step.discipline(), step.peer(), options.pace(), results,
            figures -> progress.print(step.peer().name() + " " + figures)))
        {
            for (final Work work : step.discipline().works())
            {
                try
                {
                    work.measure(turn);
                }
                catch (final LabException | IllegalStateException | IllegalArgumentException e)
                {
                    fail(step, work.title() + ": " + e.getMessage(), progress);
                }
            }
        }
        catch (final LabException e)
        {
            fail(step, e.getMessage(), progress);
        }
    }

    /** A turn that fails is shown in the report; the others go on. */
    private void fail(final PeersPlan.Step step, final String reason, final Progress progress)
    {
        progress.print(step.peer().name() + " FAILED: " + reason.lines().findFirst().orElse(""));
        results.fail(step.discipline(), step.peer(), reason);
    }

    /** Takes down what there is. */
    @FunctionalInterface
    private interface Report
    {
        void write(boolean isFinished) throws IOException;
    }
}
