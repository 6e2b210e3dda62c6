package org.headrace.perf.peers;

import org.headrace.perf.report.Sample;
import org.headrace.perf.report.Spread;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** Figures that other benchmarks have left in the same directory: {@code scripts/bench pipeline}, {@code conntrack}. */
final class OtherReports
{
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern LARGEST = Pattern.compile("filled: connections=(\\d+)");
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String PIPELINE = "pipeline.json";
    private static final String CONNTRACK = "conntrack.json";
    private static final String WORKERS = "workers.txt";
    private static final Pattern TWO_WORKERS = Pattern.compile("two workers ([0-9.]+) ");

    /**
     * A figure of another report.
     *
     * @param value  of it; empty if there is none.
     * @param source file that it comes from, or should come from.
     */
    record Found(Optional<Double> value, String source)
    {
    }

    private final List<Path> directories;

    /** @param directories that are looked into, the first first. */
    OtherReports(final List<Path> directories)
    {
        this.directories = List.copyOf(directories);
    }

    /** @param goal without a figure. @param found figure for it. @return the goal with it, or with the reason. */
    Goal complete(final Goal goal, final Found found)
    {
        return found.value().map(value -> goal.measured(value, "from " + found.source()))
            .orElseGet(() -> goal.without("no figure in " + found.source()));
    }

    /** Of the mix that the target asks for: behind an access list. */
    Found packetNs(final int flows)
    {
        return new Found(results(PIPELINE).stream()
            .filter(result -> result.path("operation").asString("").equals("acl") && number(result, "flows") == flows)
            .map(OtherReports::medianNs).findFirst(), PIPELINE);
    }

    Found newConnectionsPerSecond()
    {
        return new Found(largest(results(PIPELINE).stream()
            .filter(result -> result.path("operation").asString("").equals("new")).toList(), "flows",
            result -> NANOS_PER_SECOND / medianNs(result)), PIPELINE);
    }

    Found bytesPerConnection()
    {
        return new Found(largest(results(CONNTRACK).stream()
            .filter(result -> result.path("store").asString("").equals("headrace")).toList(), "connections",
            result -> result.path("bytesPerConnection").asDouble()), CONNTRACK);
    }

    Found largestTable()
    {
        final String source = "conntrack-largest.md";
        final Matcher matcher = LARGEST.matcher(text(source));
        return new Found(matcher.find() ? Optional.of(Double.parseDouble(matcher.group(1))) : Optional.empty(), source);
    }

    /** The least over all numbers of flows of what {@code scripts/bench workers} printed. */
    Found twoWorkers()
    {
        return new Found(TWO_WORKERS.matcher(text(WORKERS)).results()
            .map(match -> Double.parseDouble(match.group(1))).min(Double::compare), WORKERS);
    }

    private static Optional<Double> largest(
        final List<JsonNode> results, final String key, final ToDoubleFunction<JsonNode> value)
    {
        return results.stream().max((a, b) -> Double.compare(number(a, key), number(b, key)))
            .map(value::applyAsDouble);
    }

    /** Parameters are numbers in one report and texts in the other. */
    private static double number(final JsonNode result, final String key)
    {
        return Double.parseDouble(result.path(key).asString("0"));
    }

    private static double medianNs(final JsonNode result)
    {
        return Spread.of(StreamSupport.stream(result.path("ns").spliterator(), false)
            .map(run -> Sample.of(run.asDouble())).toList()).median();
    }

    private List<JsonNode> results(final String file)
    {
        final List<JsonNode> results = new ArrayList<>();
        json(file).path("results").forEach(results::add);
        return results;
    }

    private JsonNode json(final String file)
    {
        final String text = text(file);
        return JSON.readTree(text.isEmpty() ? "{}" : text);
    }

    private String text(final String file)
    {
        try
        {
            for (final Path directory : directories)
            {
                if (Files.exists(directory.resolve(file)))
                {
                    return Files.readString(directory.resolve(file));
                }
            }
            return "";
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
