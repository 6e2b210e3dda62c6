package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.load.WrkReport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Requests of 64 HTTP clients at one time: wrk. */
final class HttpWork implements Work
{
    private static final int CLIENTS = 64;

    private final String figure;
    private final boolean isShort;
    private final boolean isOneServer;

    private HttpWork(final String figure, final boolean isShort, final boolean isOneServer)
    {
        this.figure = figure;
        this.isShort = isShort;
        this.isOneServer = isOneServer;
    }

    /** A connection for each request. */
    static HttpWork connections(final boolean isOneServer)
    {
        return new HttpWork(isOneServer ? "short-1" : "short-3", true, isOneServer);
    }

    /** Kept connections. */
    static HttpWork requests(final boolean isOneServer)
    {
        return new HttpWork(isOneServer ? "keep-1" : "keep-3", false, isOneServer);
    }

    @Override
    public String title()
    {
        return String.format(Locale.ROOT, "wrk, %s, %s", isShort ? "a connection per request" : "kept connections",
            isOneServer ? "1 server" : "3 servers");
    }

    @Override
    public double seconds(final Pace pace)
    {
        return pace.seconds() + (isFirst() ? pace.warmSeconds() : 0) + 0.2;
    }

    @Override
    public void measure(final Turn turn)
    {
        final Target target = turn.running().target();
        final int port = isOneServer ? target.httpOne() : target.http();
        if (port == 0)
        {
            return;
        }
        if (isFirst())
        {
            run(turn, target, port, turn.pace().warmSeconds());
        }
        turn.measure(errors ->
        {
            final WrkReport report = run(turn, target, port, turn.pace().seconds());
            if (report.failed() > 0)
            {
                errors.add(report.failed() + " of " + report.requests() + " requests failed");
            }
            return Map.of(figure, report.perSecond());
        });
    }

    /** The first work of its disciplines warms up for all. */
    private boolean isFirst()
    {
        return isShort && isOneServer;
    }

    /** Requests per second over kept connections to the first server, after a warm-up. */
    static double most(final Turn turn, final Target target)
    {
        final HttpWork work = requests(true);
        work.run(turn, target, target.httpOne(), turn.pace().warmSeconds());
        return work.run(turn, target, target.httpOne(), turn.pace().seconds()).perSecond();
    }

    private WrkReport run(final Turn turn, final Target target, final int port, final int seconds)
    {
        final List<String> line = new ArrayList<>(List.of("timeout", Integer.toString(seconds + 10), "taskset", "-c",
            Integer.toString(Setting.loadCpu()), "wrk", "-t", "1", "-c", Integer.toString(CLIENTS), "-d",
            seconds + "s"));
        if (isShort)
        {
            line.addAll(List.of("-H", "Connection: close"));
        }
        line.add("http://" + target.address() + ":" + port + "/");
        return WrkReport.parse(Command.check(turn.lab().client().enter(line)));
    }
}
