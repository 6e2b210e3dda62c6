package org.headrace.perf.peers;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.LabException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;

/** One TCP stream to one server, as fast as it goes: iperf3. */
final class BulkWork implements Work
{
    /** Gbit/s that arrived. */
    static final String BULK = "bulk";

    private static final JsonMapper JSON = new JsonMapper();
    private static final double GIGA = 1e9;

    @Override
    public String title()
    {
        return "iperf3, one stream";
    }

    @Override
    public double seconds(final Pace pace)
    {
        return pace.seconds() + 1.5;
    }

    @Override
    public void measure(final Turn turn)
    {
        final Target target = turn.running().target();
        turn.measure(_ -> Map.of(BULK, run(turn, target, turn.pace().seconds() + 1)));
    }

    private static double run(final Turn turn, final Target target, final int seconds)
    {
        final Command.Result result = Command.run(turn.lab().client().enter(List.of("timeout",
            Integer.toString(seconds + 10), "taskset", "-c", Integer.toString(Setting.loadCpu()), "iperf3", "-c",
            target.address(), "-p", Integer.toString(target.bulk()), "-t", Integer.toString(seconds), "-J")));
        if (!result.isSuccess())
        {
            throw new LabException("iperf3: exit code " + result.exitCode() + " " +
                result.output().lines().filter(line -> line.contains("error")).findFirst().orElse("").strip());
        }
        return bitsPerSecond(JSON.readTree(result.output())) / GIGA;
    }

    private static double bitsPerSecond(final JsonNode report)
    {
        return report.path("end").path("sum_received").path("bits_per_second").asDouble();
    }
}
