package org.headrace.perf.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Measures one cell in a process of its own. */
public final class BenchFork
{
    /** System property with the name of a file, for a benchmark that says how many bytes of memory it uses. */
    public static final String MEMORY_FILE_PROPERTY = "headrace.bench.memory";

    private static final List<String> JVM_OPTIONS = List.of(
        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseParallelGC");
    private static final int WARM_UP_RUNS = 2;
    private static final int WARM_UP_MILLIS = 400;
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Function<BenchCell, Class<?>> benchmark;
    private final List<String> jvmOptions;
    private final ToLongFunction<BenchCell> heapMebi;
    private final BenchPlan plan;

    /**
     * @param benchmark  class of a cell's JMH benchmark.
     * @param jvmOptions that it needs besides the usual ones.
     * @param heapMebi   heap that a cell needs.
     * @param plan       how long.
     */
    public BenchFork(
        final Function<BenchCell, Class<?>> benchmark,
        final List<String> jvmOptions,
        final ToLongFunction<BenchCell> heapMebi,
        final BenchPlan plan)
    {
        this.benchmark = benchmark;
        this.jvmOptions = jvmOptions;
        this.heapMebi = heapMebi;
        this.plan = plan;
    }

    /** @param cell to be measured. @return its result. @throws RunnerException if the process failed. */
    BenchResult run(final BenchCell cell) throws RunnerException
    {
        try
        {
            final Path memory = Files.createTempFile("headrace-bench", ".bytes");
            try
            {
                final RunResult result = new Runner(options(cell, memory)).runSingle();
                final double[] runs = result.getBenchmarkResults().stream()
                    .flatMap(fork -> fork.getIterationResults().stream())
                    .mapToDouble(BenchFork::score).toArray();
                final Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
                final String memoryBytes = Files.readString(memory);
                return new BenchResult(cell, runs,
                    memoryBytes.isEmpty() ? 0 : Double.parseDouble(memoryBytes) / cell.size(), allocated.getScore());
            }
            finally
            {
                Files.deleteIfExists(memory);
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot measure " + cell, ex);
        }
    }

    private static double score(final IterationResult run)
    {
        return run.getPrimaryResult().getScore();
    }

    private Options options(final BenchCell cell, final Path memory)
    {
        final List<String> allOptions = new ArrayList<>(JVM_OPTIONS);
        allOptions.addAll(jvmOptions);
        allOptions.add("-Xmx" + heapMebi.applyAsLong(cell) + "m");
        allOptions.add("-D" + MEMORY_FILE_PROPERTY + "=" + memory);
        final ChainedOptionsBuilder options = new OptionsBuilder()
            .include("^" + benchmark.apply(cell).getName().replace(".", "\\.") + "\\." + cell.method() + "$")
            .forks(1)
            .jvmArgs(allOptions.toArray(String[]::new))
            .warmupIterations(WARM_UP_RUNS).warmupTime(TimeValue.milliseconds(WARM_UP_MILLIS))
            .measurementIterations(plan.runs()).measurementTime(TimeValue.milliseconds(plan.millisPerRun()))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
        cell.parameters().forEach(options::param);
        return options.build();
    }
}
