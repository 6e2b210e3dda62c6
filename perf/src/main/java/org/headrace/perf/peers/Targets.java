package org.headrace.perf.peers;

import org.headrace.perf.report.Spread;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The targets P1 to P14, part by part, with what this run and files of other runs say about them. */
final class Targets
{
    private static final List<String> OURS = List.of("io_uring", "af_xdp");
    private static final String URING = "io_uring";
    private static final String NFTABLES = "nftables";
    private static final String HAPROXY = "haproxy";
    private static final String NGINX = "nginx";
    private static final String TESTPMD = "testpmd";
    private static final String TIMES = "×";

    private final Results results;
    private final Map<String, String> missing;
    private final OtherReports others;
    private final List<Goal> goals = new ArrayList<>();

    private Targets(final Results results, final Map<String, String> missing, final OtherReports others)
    {
        this.results = results;
        this.missing = missing;
        this.others = others;
    }

    /**
     * @param results of this run.
     * @param missing why peers did not take part, by name.
     * @param others  reports of the same directory.
     * @return all parts of all targets, in order.
     */
    static List<Goal> of(final Results results, final Map<String, String> missing, final OtherReports others)
    {
        final Targets targets = new Targets(results, missing, others);
        targets.addLogic();
        targets.addPackets();
        targets.addStreams();
        targets.addOwn();
        return targets.goals;
    }

    private void addLogic()
    {
        final int[] sizes = {1 << 10, 1 << 16, 1_000_000, 10_000_000};
        final double[] limits = {30, 45, 70, 100};
        final String[] names = {"1 K", "64 K", "1 M", "10 M"};
        for (int i = 0; i < sizes.length; i++)
        {
            goals.add(others.complete(Goal.atMost("P1", "pipeline without I/O, a packet at " + names[i] + " flows",
                limits[i], " ns"), others.packetNs(sizes[i])));
        }
        goals.add(others.complete(Goal.atLeast("P2", "new connections per second on one core, without I/O",
            4_000_000, ""), others.newConnectionsPerSecond()));
        goals.add(others.complete(Goal.atMost("P3", "memory of an IPv4 connection", 96, " bytes"),
            others.bytesPerConnection()));
        goals.add(others.complete(Goal.atLeast("P3", "connections in the largest table tried", 50_000_000, ""),
            others.largestTable()));
    }

    private void addPackets()
    {
        ratio(Goal.atLeast("P4", "forwarding with NAT at steady rates, to testpmd io", 1, TIMES),
            Figure.LIMIT_FEW, OURS, TESTPMD);
        ratio(Goal.atLeast("P4", "forwarding with NAT under overload, to testpmd io", 1.45, TIMES),
            Figure.OVERLOAD_FEW, OURS, TESTPMD);
        ratio(Goal.atLeast("P5", "packets per second, 32 768 flows, to nftables", 2, TIMES),
            Figure.LIMIT_MANY, OURS, NFTABLES);
    }

    private void addStreams()
    {
        ratio(Goal.atLeast("P6", "TCP bulk, to nftables", 0.65, TIMES), Figure.BULK, List.of(URING), NFTABLES);
        ratio(Goal.atLeast("P6", "TCP bulk, to HAProxy", 2.7, TIMES), Figure.BULK, List.of(URING), HAPROXY);
        ratio(Goal.atLeast("P7", "short connections, 1 server, to nftables", 1.15, TIMES),
            Figure.SHORT_ONE, List.of(URING), NFTABLES);
        ratio(Goal.atLeast("P7", "short connections, 3 servers, to nftables", 1.15, TIMES),
            Figure.SHORT_THREE, List.of(URING), NFTABLES);
        ratio(Goal.atLeast("P7", "short connections, 3 servers, to HAProxy", 2, TIMES),
            Figure.SHORT_THREE, List.of(URING), HAPROXY);
        ratio(Goal.atLeast("P7", "short connections, 3 servers, to nginx stream", 2, TIMES),
            Figure.SHORT_THREE, List.of(URING), NGINX);
        ratio(Goal.atLeast("P8", "kept connections, 1 server, to nftables", 1, TIMES),
            Figure.KEEP_ONE, List.of(URING), NFTABLES);
        ratio(Goal.atLeast("P8", "kept connections, 3 servers, to nftables", 1, TIMES),
            Figure.KEEP_THREE, List.of(URING), NFTABLES);
        for (final String percentile : LatencyWork.PERCENTILES)
        {
            added(percentile);
        }
    }

    /** What a hop adds is what it takes more than no hop at all. */
    private void added(final String percentile)
    {
        final Goal goal = Goal.atMost("P9", "added latency at half load, " + LatencyWork.title(percentile) +
            ", to nftables", 1, TIMES);
        final String figure = PeersPlan.LATENCY + "/" + percentile;
        final Optional<Spread> none = results.spread(figure, "no-hop");
        final Optional<Spread> kernel = results.spread(figure, NFTABLES);
        Goal best = goal.without(reason(figure, kernel.isPresent() ? URING : NFTABLES));
        for (final String peer : OURS)
        {
            final Optional<Spread> own = results.spread(figure, peer);
            if (none.isPresent() && kernel.isPresent() && own.isPresent())
            {
                final double others = kernel.get().median() - none.get().median();
                final double ours = own.get().median() - none.get().median();
                if (others <= 0)
                {
                    best = goal.without(String.format(Locale.ROOT,
                        "nftables %.0f µs, less than the link itself varies by; %s %.0f µs", others, peer, ours));
                    continue;
                }
                // Less than nothing is what the link varied by.
                final double ratio = Math.max(0, ours) / others;
                final boolean isDisturbed = own.get().isDisturbed() || kernel.get().isDisturbed();
                if (best.figure().isEmpty() || ratio < best.figure().getAsDouble())
                {
                    best = goal.measured(ratio, String.format(Locale.ROOT, "%s: %.0f µs to %.0f µs%s", peer, ours,
                        others, isDisturbed ? ", disturbed" : ""));
                }
            }
        }
        goals.add(best);
    }

    private void addOwn()
    {
        worst(Goal.atMost("P10", "allocated by a worker", 0, " bytes"), Figure.ALLOCATED,
            packets().map(text -> "over " + text + " million packets").orElse(""));
        worst(Goal.atMost("P10", "garbage collections meanwhile", 0, ""), Figure.COLLECTIONS, "");
        worst(Goal.atLeast("P11", "weights set per second while packets are forwarded", 10_000, ""),
            Figure.UPDATES, "");
        final Goal change = Goal.atMost("P11", "latency while weights are set, 99.9 %, to latency without", 1.1, TIMES);
        final Optional<Spread> with = results.spread(Figure.LATENCY_WITH, URING);
        final Optional<Spread> without = results.spread(Figure.LATENCY_WITHOUT, URING);
        goals.add(with.isPresent() && without.isPresent() ? change.measured(with.get().ratioTo(without.get()),
            "of requests at a fixed rate; 1.1 is what cannot be told from the spread") :
            change.without(reason(Figure.LATENCY_WITH, URING)));
        worst(Goal.atMost("P12", "1 000 services × 100 servers, file to forwarding", 1_000, " ms"),
            Figure.GENERATION, "");
        worst(Goal.atMost("P12", "packets of another service lost meanwhile", 0, ""), Figure.GENERATION_LOST,
            results.spread(Figure.GENERATION_SENT, URING)
                .map(sent -> String.format(Locale.ROOT, "of %,.0f", sent.median())).orElse(""));
        goals.add(others.complete(Goal.atLeast("P13", "two workers to one, logic", 1.8, TIMES),
            others.twoWorkers()));
        worst(Goal.atMost("P14", "cold start to the first forwarded packet", 1_000, " ms"), Figure.COLD_START, "");
        worst(Goal.atMost("P14", "kill -9 to forwarding again", 500, " ms"), Figure.KILL, "");
    }

    private Optional<String> packets()
    {
        return results.spread(Figure.ALLOCATION_PACKETS, URING)
            .map(packets -> String.format(Locale.ROOT, "%.0f", packets.median()));
    }

    /** The better of ours as a multiple of the other. */
    private void ratio(final Goal goal, final String figure, final List<String> ours, final String other)
    {
        final Optional<Spread> reference = results.spread(figure, other);
        Optional<Double> best = Optional.empty();
        String who = "";
        for (final String peer : ours)
        {
            final Optional<Double> value = results.spread(figure, peer).flatMap(spread -> reference
                .filter(base -> base.median() > 0).map(spread::ratioTo));
            if (value.isPresent() && (best.isEmpty() ||
                (goal.isAtMost() ? value.get() < best.get() : value.get() > best.get())))
            {
                best = value;
                who = peer + (results.spread(figure, peer).orElseThrow().isDisturbed() ||
                    reference.orElseThrow().isDisturbed() ? ", disturbed" : "");
            }
        }
        goals.add(best.isPresent() ? goal.measured(best.get(), who) :
            goal.without(reason(figure, reference.isPresent() ? ours.getFirst() : other)));
    }

    /** What the worse of our drivers did. */
    private void worst(final Goal goal, final String figure, final String remark)
    {
        Goal worst = null;
        for (final String peer : OURS)
        {
            final Optional<Spread> spread = results.spread(figure, peer);
            if (spread.isPresent())
            {
                final double value = spread.get().median();
                final Goal candidate = goal.measured(value, (peer + " " + remark).strip() +
                    (spread.get().isDisturbed() ? ", disturbed" : ""));
                final boolean isWorse = worst == null || (goal.isAtMost() ?
                    value > worst.figure().getAsDouble() : value < worst.figure().getAsDouble());
                worst = isWorse ? candidate : worst;
            }
        }
        goals.add(worst == null ? goal.without(reason(figure, URING)) : worst);
    }

    private String reason(final String figure, final String peer)
    {
        if (missing.containsKey(peer))
        {
            return peer + ": " + missing.get(peer);
        }
        return results.failures().entrySet().stream()
            .filter(failure -> failure.getKey().startsWith(figure.substring(0, figure.indexOf('/')) + ":"))
            .map(failure -> "failed: " + failure.getValue().lines().findFirst().orElse("")).findFirst()
            .orElse("not asked for in this run");
    }
}
