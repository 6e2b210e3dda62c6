package org.headrace.perf.peers;

import org.headrace.perf.report.Html;
import org.headrace.perf.report.Plot;
import org.headrace.perf.report.Sample;
import org.headrace.perf.report.Spread;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A run as one HTML page that needs nothing from elsewhere. */
final class ReportPage
{
    private static final String REFERENCE = "nftables";
    private static final String LIMIT = "testpmd";
    private static final Map<String, List<String>> PLOTS = Map.of(
        PeersPlan.PACKETS, List.of(PeersPlan.PACKETS), PeersPlan.FLOWS, List.of(PeersPlan.FLOWS),
        PeersPlan.STREAMS, List.of("bulk", "short", "kept"), PeersPlan.LATENCY, List.of(PeersPlan.LATENCY));

    private final Results results;
    private final Run run;
    private final List<Goal> goals;
    private final Map<String, Plot> plots;
    private final StringBuilder page = new StringBuilder();

    private ReportPage(
        final Results results, final Run run, final List<Goal> goals, final Map<String, Plot> plots)
    {
        this.results = results;
        this.run = run;
        this.goals = goals;
        this.plots = plots;
    }

    static String of(final Results results, final Run run, final List<Goal> goals, final Map<String, Plot> plots)
    {
        return new ReportPage(results, run, goals, plots).write();
    }

    private String write()
    {
        addHead();
        addTargets();
        addPeers();
        run.disciplines().forEach(this::addDiscipline);
        addMethod();
        addConfigurations();
        addSamples();
        return Html.page("Headrace beside the others", page.toString());
    }

    private void addHead()
    {
        page.append("<h1>Headrace beside the others</h1>\n");
        paragraph(String.format(Locale.ROOT, "%s, %d minutes %02d seconds. %d turns of each peer at each discipline, " +
            "in turn; medians, with least and most.", run.started(), run.seconds() / 60, run.seconds() % 60,
            run.pace().runs()));
        if (results.disturbed() > 0)
        {
            page.append("<p class=\"missed\">").append(Html.escape(String.format(Locale.ROOT,
                "%d of %d values were measured while something else used the machine. They count only where there is " +
                "no other, and are marked with *.", results.disturbed(), results.count()))).append("</p>\n");
        }
        if (!run.isFinished())
        {
            page.append("<p class=\"missed\">This run was not finished.</p>\n");
        }
        if (run.pace().isQuick())
        {
            paragraph("A quick run: short measurements, few turns. It shows whether things work and roughly where " +
                "they stand; the full run is what figures should be taken from.");
        }
        final List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("command", run.command()));
        run.machine().forEach(line -> rows.add(
            List.of(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip())));
        rows.add(List.of("load before (1, 5, 15 min)", String.join(" ", run.loadBefore())));
        rows.add(List.of("load generators, servers", run.programs().entrySet().stream()
            .map(program -> program.getKey() + " " + program.getValue()).collect(Collectors.joining(", "))));
        page.append(Html.table(List.of("", "machine and run"), rows));
    }

    private void addTargets()
    {
        page.append("<h2>Targets</h2>\n");
        page.append(Html.table(List.of("", "what", "target", "figure", "", "from"), goals.stream()
            .map(goal -> List.of(goal.target(), goal.what(), goal.goalText(), goal.figureText(), goal.verdict(),
                goal.remark())).toList()));
        plot("targets");
    }

    private void addPeers()
    {
        page.append("<h2>Who took part</h2>\n");
        page.append(Html.table(List.of("peer", "", "version"), run.peers().stream().map(peer ->
            List.of(peer.title(), peer.name(), run.missing().containsKey(peer.name()) ?
                "missing: " + run.missing().get(peer.name()) :
                run.versions().getOrDefault(peer.name(), "not needed for what was asked"))).toList()));
        if (!results.failures().isEmpty())
        {
            page.append("<p class=\"missed\">These turns failed:</p>\n");
            page.append(Html.table(List.of("turn", "reason"), results.failures().entrySet().stream()
                .map(failure -> List.of(failure.getKey(), failure.getValue())).toList()));
        }
    }

    private void addDiscipline(final Discipline discipline)
    {
        page.append("<h2>").append(Html.escape(discipline.title())).append(" (")
            .append(String.join(", ", discipline.targets().stream().sorted().toList())).append(")</h2>\n");
        paragraph(setting(discipline.setting()));
        PLOTS.getOrDefault(discipline.id(), List.of()).forEach(this::plot);
        for (final String name : results.figures())
        {
            final Optional<Figure> figure = Figure.find(name);
            if (name.startsWith(discipline.id() + "/") && figure.isPresent())
            {
                addFigure(figure.get(), discipline);
            }
        }
    }

    private void addFigure(final Figure figure, final Discipline discipline)
    {
        page.append("<h3>").append(Html.escape(figure.title())).append("</h3>\n");
        final List<List<String>> rows = new ArrayList<>();
        results.samples(figure.name()).forEach((peer, samples) ->
        {
            final Spread spread = Spread.of(samples);
            rows.add(List.of(Run.title(peer), figure.text(spread.median()) + (spread.isDisturbed() ? " *" : ""),
                figure.text(spread.least()) + " – " + figure.text(spread.most()), Integer.toString(spread.runs()),
                Integer.toString(spread.disturbed()), ratio(figure, spread, LIMIT), ratio(figure, spread, REFERENCE)));
        });
        for (final Peer peer : run.peers())
        {
            final String reason = reason(discipline, peer);
            if (!reason.isEmpty() && !results.samples(figure.name()).containsKey(peer.name()))
            {
                rows.add(List.of(peer.title(), reason, "", "", "", "", ""));
            }
        }
        page.append(Html.table(List.of("", figure.unit().isEmpty() ? "median" : "median, " + figure.unit(),
            "least – most", "runs", "disturbed", "to testpmd", "to nftables"), rows));
    }

    private String reason(final Discipline discipline, final Peer peer)
    {
        if (run.missing().containsKey(peer.name()))
        {
            return Plots.takesPart(discipline.id(), peer.name()) ? "missing: " + run.missing().get(peer.name()) : "";
        }
        final String failure = results.failures().get(discipline.id() + ": " + peer.title());
        return failure == null ? "" : "failed: " + failure.lines().findFirst().orElse("");
    }

    private String ratio(final Figure figure, final Spread spread, final String peer)
    {
        return results.spread(figure.name(), peer).filter(other -> other.median() > 0)
            .map(other -> String.format(Locale.ROOT, "%.2f", spread.ratioTo(other))).orElse("");
    }

    private void addMethod()
    {
        page.append("<h2>How it was measured</h2>\n<ul>\n");
        for (final String line : METHOD)
        {
            page.append("<li>").append(Html.escape(line)).append("</li>\n");
        }
        page.append("</ul>\n");
        final int load = Setting.loadCpu();
        final int balancer = Setting.balancerCpu();
        paragraph("Load generators are bound to CPU " + load + ", where the kernel also receives what they send; " +
            "Headrace's worker, HAProxy, nginx stream and testpmd's forwarding core to CPU " + balancer +
            ". nftables and plain routing work where packets arrive; where only packets are counted they are steered " +
            "to CPU " + balancer + ", too, but for the row \"sender's CPU\".");
    }

    private void addConfigurations()
    {
        page.append("<h2>Configurations and commands</h2>\n");
        run.configurations().forEach((peer, text) -> page.append("<details><summary>").append(Html.escape(
            Run.title(peer))).append("</summary><pre>").append(Html.escape(text)).append("</pre></details>\n"));
        page.append("<details><summary>Load generators</summary><pre>").append(Html.escape(COMMANDS))
            .append("</pre></details>\n");
    }

    private void addSamples()
    {
        page.append("<h2>All values</h2>\n<details><summary>in the order of measuring</summary>\n");
        final List<List<String>> rows = new ArrayList<>();
        for (final String name : results.figures())
        {
            results.samples(name).forEach((peer, samples) -> rows.add(List.of(name, Run.title(peer), samples.stream()
                .map(Sample::toString).collect(Collectors.joining(", ")), samples.stream()
                .flatMap(sample -> sample.notes().stream()).distinct().collect(Collectors.joining("; ")))));
        }
        page.append(Html.table(List.of("figure", "peer", "values", "noticed"), rows)).append("</details>\n");
    }

    private void plot(final String name)
    {
        if (plots.containsKey(name))
        {
            page.append(plots.get(name).svg());
        }
    }

    private void paragraph(final String text)
    {
        page.append("<p>").append(Html.escape(text)).append("</p>\n");
    }

    private static String setting(final Setting setting)
    {
        return (setting.isSilent() ? "Client and servers answer nothing; packets that reach the servers' interfaces " +
            "are counted." : "Programs on client and servers talk through the peer.") +
            (setting.isOffloading() ? " Transmit offloads of the veth links are on: segments of up to 64 KiB cross " +
            "in one piece where the peer can." : " Transmit offloads of client and servers are off, for all peers " +
            "alike: every packet has the MTU and a full checksum, as AF_XDP needs it.");
    }

    private static final List<String> METHOD = List.of(
        "Five network namespaces on one machine, joined by veth: a client, the balancer, three servers. Every peer " +
            "stands in the same place, started anew for each of its turns and warmed up before anything counts.",
        "Peers take turns: A B C, A B C. A disturbance of the machine hits none of them alone.",
        "While a value is measured, the CPU time of all processes outside of this run and the time that the " +
            "hypervisor took are watched. More than 5 % of a CPU, or 2 % of all time: the value is called disturbed.",
        "64-byte UDP packets come from the kernel's own generator (BPF_PROG_TEST_RUN with live frames), at steady " +
            "rates and without a limit. \"Most at a steady rate\" is the best that arrived at any of the rates.",
        "testpmd forwards from the client's link to the first server's without looking at packets. It is no balancer " +
            "but a limit; direct is the balancer's host as a router.",
        "Latency: HTTP requests over 64 kept connections at a fixed rate, half of the most that Headrace carries " +
            "with io_uring, each measured from when it was due (no coordinated omission). What a hop adds is what " +
            "remains after taking away the same percentile over one link without any hop.",
        "Headrace runs without its spare data plane process except for starts and kills: on two CPUs it would " +
            "compete for them while it warms up. Its agent has a heap of 1 GiB: the usual 256 MiB cannot hold a file " +
            "with 100 000 servers (P12). All else is its default.");

    private static final String COMMANDS = """
        taskset -c 0 wrk -t 1 -c 64 -d SECONDS [-H 'Connection: close'] http://ADDRESS:PORT/
        taskset -c 0 iperf3 -c ADDRESS -p PORT -t SECONDS -J
        taskset -c 0 scripts/load latency --netns CLIENT --protocol http --target ADDRESS:PORT --rate N --connections 64
        org.headrace.perf.load.PacketGenerator: 64-byte UDP frames, random source ports, pinned to CPU 0
        """;
}
