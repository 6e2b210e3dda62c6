package org.headrace.perf.peers;

import org.headrace.perf.report.BarPlot;
import org.headrace.perf.report.LinePlot;
import org.headrace.perf.report.Plot;
import org.headrace.perf.report.Spread;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The plots of a run, by the name of their file. */
final class Plots
{
    private final Results results;
    private final Run run;
    private final List<Goal> goals;

    private Plots(final Results results, final Run run, final List<Goal> goals)
    {
        this.results = results;
        this.run = run;
        this.goals = goals;
    }

    /** @return all plots that there is something for. */
    static Map<String, Plot> of(final Results results, final Run run, final List<Goal> goals)
    {
        return new Plots(results, run, goals).draw();
    }

    private Map<String, Plot> draw()
    {
        final Map<String, Plot> plots = new LinkedHashMap<>();
        put(plots, "targets", targets());
        put(plots, PeersPlan.PACKETS, climb(PeersPlan.PACKETS, "64-byte UDP, 1 024 flows, one server"));
        put(plots, PeersPlan.FLOWS, climb(PeersPlan.FLOWS, "64-byte UDP, 32 768 flows, three servers"));
        put(plots, "bulk", bars("TCP bulk, one stream", "Gbit/s; more is better", List.of(
            new Group("super-packets", Figure.BULK), new Group("whole packets only", Figure.WHOLE_BULK))));
        put(plots, "short", bars("A connection for each request, 64 clients", "requests per second; more is better",
            List.of(new Group("1 server", Figure.SHORT_ONE), new Group("3 servers", Figure.SHORT_THREE),
                new Group("1 server, whole packets only", Figure.WHOLE_SHORT))));
        put(plots, "kept", bars("Kept connections, 64 clients", "requests per second; more is better",
            List.of(new Group("1 server", Figure.KEEP_ONE), new Group("3 servers", Figure.KEEP_THREE),
                new Group("1 server, whole packets only", Figure.WHOLE_KEEP))));
        put(plots, PeersPlan.LATENCY, bars("Latency of requests at half load", "µs; less is better",
            LatencyWork.PERCENTILES.stream().map(percentile -> new Group(
                LatencyWork.title(percentile) + " of the requests within", PeersPlan.LATENCY + "/" + percentile))
                .toList()));
        return plots;
    }

    private static void put(final Map<String, Plot> plots, final String name, final BarPlot plot)
    {
        if (!plot.isEmpty())
        {
            plots.put(name, plot);
        }
    }

    private static void put(final Map<String, Plot> plots, final String name, final LinePlot plot)
    {
        if (!plot.isEmpty())
        {
            plots.put(name, plot);
        }
    }

    /**
     * Bars of one figure.
     *
     * @param title  of the group.
     * @param figure name.
     */
    private record Group(String title, String figure)
    {
    }

    private BarPlot bars(final String title, final String unit, final List<Group> groups)
    {
        final BarPlot plot = new BarPlot(title, unit);
        for (final Group group : groups)
        {
            if (results.samples(group.figure()).isEmpty())
            {
                continue;
            }
            plot.group(group.title());
            final String discipline = group.figure().substring(0, group.figure().indexOf('/'));
            final Figure figure = Figure.find(group.figure()).orElseThrow();
            results.samples(group.figure()).forEach((peer, samples) ->
            {
                final Spread spread = Spread.of(samples);
                plot.bar(Run.title(peer), spread, figure.text(spread.median()) + (spread.isDisturbed() ? " *" : ""),
                    Run.colour(peer));
            });
            run.missing().forEach((peer, _) ->
            {
                if (takesPart(discipline, peer))
                {
                    plot.bar(Run.title(peer), null, "missing", Run.colour(peer));
                }
            });
        }
        return plot;
    }

    /** @return true if a peer has a turn at a discipline where it is not missing. */
    static boolean takesPart(final String discipline, final String peer)
    {
        return PeersPlan.of(Pace.full(0), PeersPlan.allPeers(), Set.of()).disciplines().stream()
            .filter(other -> other.id().equals(discipline)).flatMap(other -> other.peers().stream())
            .anyMatch(other -> other.name().equals(peer));
    }

    /** What arrived over what was offered. */
    private LinePlot climb(final String discipline, final String title)
    {
        final LinePlot plot = new LinePlot(title,
            "offered, million packets per second; large dots: the generator without a limit",
            "arrived at the servers, million packets per second");
        for (final Peer peer : run.peers())
        {
            final SortedMap<Double, Spread> points = new TreeMap<>();
            final String prefix = discipline + "/" + PacketWork.AT;
            results.figures().stream().filter(figure -> figure.startsWith(prefix)).forEach(figure ->
                results.spread(figure, peer.name()).ifPresent(spread ->
                    points.put(Double.parseDouble(figure.substring(prefix.length())), spread)));
            final String overload = discipline + "/" + PacketWork.OVERLOAD;
            final SortedMap<Double, Spread> overloaded = new TreeMap<>();
            results.spread(overload, peer.name()).ifPresent(spread -> overloaded.put(results.spread(
                discipline + "/" + PacketWork.OVERLOAD_SENT, peer.name()).orElseThrow().median(), spread));
            plot.line(peer.title(), Run.colour(peer.name()), points, overloaded);
        }
        return plot;
    }

    /** How far each target is reached: 1 is the target, more is better. */
    private BarPlot targets()
    {
        final BarPlot plot = new BarPlot("Targets", "1 = the target; more is better, shown up to 3");
        plot.group("", 1);
        for (final Goal goal : goals)
        {
            goal.score().ifPresent(score -> plot.bar(goal.target() + " " + shortened(goal.what()),
                flat(Math.min(score, 3)), String.format(Locale.ROOT, "%.2f", score), goal.isReached() ? 0 : 4));
        }
        return plot;
    }

    private static String shortened(final String text)
    {
        return text.length() <= 48 ? text : text.substring(0, 47) + "…";
    }

    private static Spread flat(final double value)
    {
        return new Spread(value, value, value, 1, 0, false);
    }
}
