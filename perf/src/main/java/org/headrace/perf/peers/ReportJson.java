package org.headrace.perf.peers;

import org.headrace.perf.report.Sample;
import org.headrace.perf.report.Spread;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/** All figures of a run for other programs. */
final class ReportJson
{
    private static final JsonMapper JSON = new JsonMapper();
    private static final int VERSION = 1;

    private ReportJson()
    {
    }

    static String of(final Results results, final Run run, final List<Goal> goals)
    {
        final ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION).put("command", run.command()).put("started", run.started())
            .put("seconds", run.seconds()).put("runs", run.pace().runs()).put("quick", run.pace().isQuick())
            .put("isFinished", run.isFinished());
        run.machine().forEach(root.putArray("machine")::add);
        run.loadBefore().forEach(root.putArray("loadBefore")::add);
        final ObjectNode programs = root.putObject("programs");
        run.programs().forEach(programs::put);
        final ArrayNode peers = root.putArray("peers");
        for (final Peer peer : run.peers())
        {
            peers.addObject().put("name", peer.name()).put("title", peer.title())
                .put("version", run.versions().get(peer.name())).put("missing", run.missing().get(peer.name()))
                .put("configuration", run.configurations().get(peer.name()));
        }
        final ArrayNode targets = root.putArray("targets");
        for (final Goal goal : goals)
        {
            final ObjectNode node = targets.addObject().put("target", goal.target()).put("what", goal.what())
                .put("goal", goal.goal()).put("isAtMost", goal.isAtMost()).put("unit", goal.unit().strip())
                .put("verdict", goal.verdict()).put("remark", goal.remark());
            goal.figure().ifPresent(figure -> node.put("figure", figure));
        }
        putFigures(results, root.putArray("figures"));
        final ObjectNode failures = root.putObject("failures");
        results.failures().forEach(failures::put);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    }

    private static void putFigures(final Results results, final ArrayNode figures)
    {
        for (final String name : results.figures())
        {
            results.samples(name).forEach((peer, samples) ->
            {
                final Spread spread = Spread.of(samples);
                final ObjectNode node = figures.addObject().put("figure", name).put("peer", peer);
                Figure.find(name).ifPresent(figure -> node.put("title", figure.title()).put("unit", figure.unit()));
                node.put("median", spread.median()).put("least", spread.least()).put("most", spread.most())
                    .put("runs", spread.runs()).put("disturbed", spread.disturbed());
                final ArrayNode values = node.putArray("samples");
                for (final Sample sample : samples)
                {
                    final ObjectNode value = values.addObject().put("value", sample.value())
                        .put("isDisturbed", sample.isDisturbed());
                    sample.notes().forEach(value.putArray("notes")::add);
                }
            });
        }
    }
}
