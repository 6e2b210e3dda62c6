package org.headrace.perf.conntrack;

import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures one cell in a process of its own. */
final class BenchFork
{
    /** What each of the stores needs; Chronicle Map needs the most. */
    private static final String[] JVM_OPTIONS = {
        "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dchronicle.analytics.disable=true",
        "-Dchronicle.announcer.disable=true",
        "-DHEADRACE_LOG=WARN",
        "-XX:+UseParallelGC",
    };
    private static final int WARM_UP_RUNS = 2;
    private static final int WARM_UP_MILLIS = 400;
    private static final int HEAP_MEBI = 512;
    /** Two tuples, two map nodes, one connection, two places in the array: 211 bytes, and room for the collector. */
    private static final int HASH_MAP_BYTES = 300;

    private final BenchPlan plan;

    BenchFork(final BenchPlan plan)
    {
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
                return new BenchResult(cell, runs, Double.parseDouble(Files.readString(memory)) / cell.connections());
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
        final String[] jvmOptions = new String[JVM_OPTIONS.length + 2];
        System.arraycopy(JVM_OPTIONS, 0, jvmOptions, 0, JVM_OPTIONS.length);
        jvmOptions[JVM_OPTIONS.length] = "-Xmx" + heapMebi(cell) + "m";
        jvmOptions[JVM_OPTIONS.length + 1] = "-D" + ConntrackBenchmark.MEMORY_FILE_PROPERTY + "=" + memory;
        return new OptionsBuilder()
            .include("^" + ConntrackBenchmark.class.getName().replace(".", "\\.") + "\\." + cell.operation() + "$")
            .param("store", cell.store())
            .param("connections", Integer.toString(cell.connections()))
            .param("batch", Integer.toString(cell.batch()))
            .forks(1)
            .jvmArgs(jvmOptions)
            .warmupIterations(WARM_UP_RUNS).warmupTime(TimeValue.milliseconds(WARM_UP_MILLIS))
            .measurementIterations(plan.runs()).measurementTime(TimeValue.milliseconds(plan.millisPerRun()))
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    }

    private static long heapMebi(final BenchCell cell)
    {
        return HEAP_MEBI + (BenchPlan.HASH_MAP.equals(cell.store()) ?
            ((long)cell.connections() * HASH_MAP_BYTES >> 20) : 0);
    }
}
