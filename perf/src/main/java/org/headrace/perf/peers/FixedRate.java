package org.headrace.perf.peers;

import org.headrace.perf.generate.LoadTool;
import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.Lab;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabServers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * HTTP requests over kept connections at a fixed rate, and how long each took from when it was due; by {@code
 * scripts/load latency}, in a process of its own.
 *
 * @param p50Micros  half of them within this.
 * @param p99Micros  99 % of them.
 * @param p999Micros 99.9 % of them.
 * @param maxMicros  all of them.
 * @param count      of requests that were recorded.
 * @param failed     of all requests.
 */
record FixedRate(double p50Micros, double p99Micros, double p999Micros, double maxMicros, long count, long failed)
{
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CONNECTIONS = 64;
    private static final double MICRO = 1e3;

    static FixedRate run(
        final Lab lab,
        final Target target,
        final int port,
        final int requestsPerSecond,
        final int warmSeconds,
        final int seconds)
    {
        final Path file = lab.directory().resolve("latency.json");
        final List<String> line = new ArrayList<>(List.of(
            "timeout", Integer.toString(warmSeconds + seconds + 20),
            "taskset", "-c", Integer.toString(Setting.loadCpu())));
        final List<String> java = LabServers.javaCommand(LoadTool.class.getName());
        // The tool lives long enough for the optimizing compiler.
        java.remove("-XX:TieredStopAtLevel=1");
        line.addAll(java);
        line.addAll(List.of("latency", "--allow-host-network", "--protocol", "http", "--target",
            target.address() + ":" + port, "--rate", Integer.toString(requestsPerSecond), "--connections",
            Integer.toString(CONNECTIONS), "--warm-up", warmSeconds + "s", "--duration", seconds + "s", "--json",
            file.toString()));
        try
        {
            Files.deleteIfExists(file);
            // As a process of the client's host, whose own network it means: so the laboratory can end it.
            final Command.Result result = Command.run(lab.client().enter(line));
            if (!Files.exists(file))
            {
                throw new LabException("load latency: exit code " + result.exitCode() + " " +
                    result.errors().lines().findFirst().orElse(""));
            }
            return parse(Files.readString(file));
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    /** @param json report of {@code scripts/load latency}. @return its figures. */
    static FixedRate parse(final String json)
    {
        final JsonNode root = JSON.readTree(json);
        final JsonNode latency = root.path("latency");
        return new FixedRate(latency.path("p50Ns").asDouble() / MICRO, latency.path("p99Ns").asDouble() / MICRO,
            latency.path("p999Ns").asDouble() / MICRO, latency.path("maxNs").asDouble() / MICRO,
            latency.path("count").asLong(), root.path("failed").asLong() + root.path("unanswered").asLong());
    }

    void addErrors(final List<String> errors)
    {
        if (failed > 0)
        {
            errors.add(failed + " of " + count + " requests failed");
        }
    }
}
