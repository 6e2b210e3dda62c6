package org.headrace.perf.generate;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.perf.generate.host.AddressRange;
import org.headrace.perf.generate.host.Endpoint;
import org.headrace.perf.generate.latency.ConstantSchedule;
import org.headrace.perf.generate.latency.Exchange;
import org.headrace.perf.generate.latency.FixedRateRun;
import org.headrace.perf.generate.latency.HttpExchange;
import org.headrace.perf.generate.latency.UdpExchange;
import org.headrace.perf.generate.latency.UdpProtocol;
import org.headrace.perf.lab.NetworkNamespace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code load latency}. */
@Command(
    name = "latency",
    sortOptions = false,
    description = {"Asks at a fixed rate and measures how long each answer takes from the moment its request was due.",
        "So a stall counts for every request that fell into it (no coordinated omission)."},
    footer = {
        "", "Examples:",
        "  load latency --netns LAB-client --protocol dns --target 10.99.0.1:53 --rate 5000 --duration 30s",
        "  load latency --netns LAB-client --protocol http --target 10.99.0.1:80 --rate 20k --connections 64 \\",
        "      --warm-up 5s --duration 30s --hgrm http.hgrm --json http.json"})
final class LatencyCommand implements Callable<Integer>
{
    private static final int MIN_DURATION_MS = 100;
    private static final int MAX_CONNECTIONS = 15_000;
    private static final long PARK_ABOVE_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long PUBLISH_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int MICROSECOND = 1_000;
    private static final int TICKS_PER_HALF_DISTANCE = 5;

    /** What the requests are. */
    enum Protocol
    {
        /** UDP that comes back as it went out. */
        echo,
        /** UDP to a name server. */
        dns,
        /** TCP, HTTP/1.1 over connections that are kept. */
        http
    }

    @Mixin
    private PlaceOption place;

    @Mixin
    private ReportOption report;

    @Option(names = "--protocol", paramLabel = "NAME", required = true,
        description = "${COMPLETION-CANDIDATES}: UDP to an echo server ('load answer' is one), UDP to a name server, " +
            "HTTP/1.1 over kept connections.")
    private Protocol protocol;

    @Option(names = "--target", paramLabel = "ADDRESS:PORT", required = true, description = "Whom to ask.")
    private Endpoint target;

    @Option(names = "--rate", paramLabel = "N", required = true, description = "Requests per second.")
    private Rate rate;

    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "10s",
        description = "How long to record. Default: ${DEFAULT-VALUE}.")
    private Duration duration;

    @Option(names = "--warm-up", paramLabel = "TIME", defaultValue = "3s",
        description = "Before that: the same, not recorded. Default: ${DEFAULT-VALUE}.")
    private Duration warmUp;

    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "2s",
        description = "When a request is given up. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "32",
        description = "HTTP connections, or UDP source ports. Default: ${DEFAULT-VALUE}.")
    private Count connections;

    @Option(names = "--source", paramLabel = "RANGE",
        description = "UDP: addresses of this host to ask from, in turn. Default: the kernel's choice.")
    private AddressRange source;

    @Option(names = "--path", paramLabel = "PATH", defaultValue = "/",
        description = "HTTP: page to ask for; it must have a Content-Length. Default: ${DEFAULT-VALUE}.")
    private String path;

    @Option(names = "--hgrm", paramLabel = "FILE",
        description = "Write the percentiles, in µs, for HdrHistogram's plotter.")
    private Path hgrm;

    @Option(names = "--csv", paramLabel = "FILE", description = "The same as comma-separated values.")
    private Path csv;

    @Override
    public Integer call()
    {
        check();
        place.guard(null, target.address());
        final NetworkNamespace namespace = place.namespace();
        final Exchange exchange = namespace.call(this::open);
        try (exchange)
        {
            final FixedRateRun run = new FixedRateRun(SystemNanoClock.INSTANCE, exchange,
                new ConstantSchedule(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10), rate.perSecond()),
                warmUp.toNanos(), duration.toNanos(), timeout.toNanos());
            final RunningThread thread = RunningThread.start("latency", () -> work(run));
            long lastAnswered = 0;
            while (!thread.awaitSecond())
            {
                final FixedRateRun.Progress progress = run.progress();
                report.progress("answered " + Quantities.perSecond(progress.answered() - lastAnswered) + ", failed " +
                    progress.failed() + ", behind schedule " + Quantities.micros(progress.overdueNs()));
                lastAnswered = progress.answered();
            }
            return summarize(run);
        }
    }

    private void check()
    {
        if (duration.toMillis() < MIN_DURATION_MS)
        {
            throw new IllegalArgumentException("duration=" + duration.toMillis() + " ms < " + MIN_DURATION_MS + " ms");
        }
        if (rate.isUnlimited())
        {
            throw new IllegalArgumentException("rate=max (expected: a number; this command keeps to a rate)");
        }
        if (timeout.isZero())
        {
            throw new IllegalArgumentException("timeout=0 (expected: above 0)");
        }
        connections.within("connections", 1, MAX_CONNECTIONS);
        if (!path.startsWith("/") || path.chars().anyMatch(character -> character <= ' '))
        {
            throw new IllegalArgumentException("path='" + path + "' (expected: from its slash on, without spaces)");
        }
    }

    private Exchange open()
    {
        if (protocol == Protocol.http)
        {
            return new HttpExchange(
                target.toSocketAddress(), path, (int)connections.value(), timeout.toNanos());
        }
        final List<InetAddress> sources = new ArrayList<>();
        for (int i = 0; source != null && i < Math.min(source.size(), connections.value()); i++)
        {
            sources.add(source.get(i));
        }
        return new UdpExchange(protocol == Protocol.dns ? UdpProtocol.DNS : UdpProtocol.ECHO,
            target.toSocketAddress(), sources, (int)connections.value(), timeout.toNanos());
    }

    private void work(final FixedRateRun run)
    {
        place.pin();
        long publishNs = System.nanoTime();
        int work = run.doWork();
        while (work >= 0)
        {
            if (work == 0)
            {
                // A park takes 50 µs and more to come back from; below that, the CPU is given to whoever needs it.
                if (run.idleNs() > PARK_ABOVE_NS)
                {
                    LockSupport.parkNanos(1);
                }
                else
                {
                    Thread.onSpinWait();
                }
            }
            if (System.nanoTime() - publishNs > PUBLISH_NS)
            {
                publishNs = System.nanoTime();
                run.publish();
            }
            work = run.doWork();
        }
    }

    private int summarize(final FixedRateRun run)
    {
        final Histogram latency = run.latency();
        final double seconds = Quantities.seconds(duration.toNanos());
        final Summary summary = new Summary()
            .count("requests", "requests", run.count())
            .count("answered", "answered", run.answered())
            .count("failed", "failed", run.failed())
            .count("unanswered", "unanswered", run.unanswered())
            .rate("recorded rate", "recordedPerSecond", latency.getTotalCount() / seconds)
            .histogram("latency", "latency", latency)
            .histogram("sent late by", "lateness", run.lateness());
        summary.values().put("failures", run.failures());
        report.write(summary);
        run.failures().forEach((reason, count) -> report.err().println("load: " + count + " times: " + reason));
        writeHistogram(hgrm, latency, false);
        writeHistogram(csv, latency, true);
        return run.answered() == run.count() ? LoadTool.OK : LoadTool.FAILED;
    }

    private static void writeHistogram(final Path file, final Histogram histogram, final boolean isCsv)
    {
        if (file == null)
        {
            return;
        }
        try (PrintStream stream = new PrintStream(Files.newOutputStream(file)))
        {
            histogram.outputPercentileDistribution(stream, TICKS_PER_HALF_DISTANCE, (double)MICROSECOND, isCsv);
        }
        catch (final IOException e)
        {
            throw new LoadException("cannot write " + file + ": " + e, e);
        }
    }
}
