package org.headrace.perf.pipeline;

import org.headrace.forwarder.linux.NativeMemory;
import org.headrace.perf.bench.TableMemory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.util.concurrent.TimeUnit;

/**
 * How fast this machine's memory is: loads of random cache lines, in as much memory as a connection table of so many
 * flows takes, in the same pages. Nothing that looks into such a table can be faster than a load or two of these.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryYardstick
{
    private static final int LOADS = 4_096;
    private static final int BYTES_PER_FLOW = 96;
    private static final int LINE_SHIFT = 6;

    /** Flows that a table would hold. */
    @Param({"65536"})
    int flows;

    private TableMemory memory;
    private long address;
    private long lines;
    private long random = 88_172_645_463_325_252L;

    /** Fills the memory with zeros. */
    @Setup(Level.Trial)
    public void allocate()
    {
        final long length = (long)flows * BYTES_PER_FLOW;
        memory = TableMemory.of(TableMemory.Pages.HUGE, length, length);
        address = memory.segment().address();
        lines = length >>> LINE_SHIFT;
    }

    /** Gives the memory back. */
    @TearDown(Level.Trial)
    public void free()
    {
        memory.close();
    }

    /** Loads that do not wait for each other. @return something that depends on all of them. */
    @Benchmark
    @OperationsPerInvocation(LOADS)
    public long lines()
    {
        long sum = 0;
        for (int i = 0; i < LOADS; i++)
        {
            sum += NativeMemory.getLong(nextLine());
        }
        return sum;
    }

    /** Loads each of which waits for the one before. @return something that depends on all of them. */
    @Benchmark
    @OperationsPerInvocation(LOADS)
    public long chain()
    {
        for (int i = 0; i < LOADS; i++)
        {
            // what is loaded is zero, but the processor has to wait for it before it knows the next line
            final long loaded = NativeMemory.getLong(nextLine());
            random += loaded;
        }
        return random;
    }

    /** Marsaglia's xorshift; its upper half, scaled. */
    private long nextLine()
    {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return address + (((random >>> 32) * lines >>> 32) << LINE_SHIFT);
    }
}
