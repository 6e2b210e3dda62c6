package org.headrace.perf.conntrack;

import org.headrace.perf.bench.BenchFork;
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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Cost of a packet or of a connection, in a table of so many connections, of which each is met equally often and in
 * random order: the worst that traffic can do to the caches.
 *
 * <p>Which connection is next comes out of a generator that lives in registers, and its tuple out of its number ({@link
 * Tuples}): one nanosecond or two, that every figure contains, and no memory. {@link #nothing} measures just that.
 *
 * <p>An invocation is {@link #OPERATIONS} operations, in calls of {@link #batch} each. What changes the table is undone
 * between the invocations, outside of the time that is measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConntrackBenchmark
{
    /** Operations of an invocation. */
    public static final int OPERATIONS = 256;

    private static final int FILL = 64;
    /** Of 64 operations: a new connection, the end of an old one; the others are packets of connections. */
    private static final int MIXED_CHANGES = 4;
    /** Coprime to every table's size: connections of one invocation are far apart, and all different. */
    private static final long STRIDE = 7_368_787L;

    /** What is measured. */
    @Param({"headrace"})
    String store;
    /** Connections in the table. */
    @Param({"65536"})
    int connections;
    /** Packets or connections handed over at once. */
    @Param({"64"})
    int batch;

    private ConnectionStore table;
    private long[] numbers;
    private long[] mixedPackets;
    private long[] mixedChanges;
    private long next;
    private long oldest;
    private long random = 88_172_645_463_325_252L;

    /** Fills the table; the life of its connections is spread evenly. */
    @Setup(Level.Trial)
    public void fill() throws IOException
    {
        final long before = "chronicle-map".equals(store) ? ProcessMemory.residentBytes() : 0;
        table = switch (store)
        {
            case "headrace" -> new HeadraceStore(connections, TableMemory.Pages.HUGE);
            case "headrace-small-pages" -> new HeadraceStore(connections, TableMemory.Pages.SMALL);
            case "chronicle-map" -> new ChronicleMapStore(connections);
            case "hash-map" -> new HashMapStore(connections);
            default -> throw new IllegalArgumentException("store=" + store);
        };
        while (next < connections)
        {
            insertNext((int)Math.min(FILL, connections - next));
        }
        numbers = new long[batch];
        mixedPackets = new long[batch == 1 ? 1 : FILL - MIXED_CHANGES];
        mixedChanges = new long[batch == 1 ? 1 : MIXED_CHANGES / 2];
        final String file = System.getProperty(BenchFork.MEMORY_FILE_PROPERTY);
        if (file != null)
        {
            Files.writeString(Path.of(file), Long.toString(table.memoryBytes() - before));
        }
    }

    /** Gives the memory back. */
    @TearDown(Level.Trial)
    public void empty()
    {
        table.close();
    }

    /** Connections far from each other, put aside for those benchmarks that remove them. */
    @State(Scope.Thread)
    public static class Removals
    {
        private long[][] removed;
        private ConntrackBenchmark benchmark;

        /** @param state of the table. */
        @Setup(Level.Invocation)
        public void choose(final ConntrackBenchmark state)
        {
            benchmark = state;
            removed = new long[OPERATIONS / state.batch][state.batch];
            long place = state.nextRandom(state.connections);
            for (final long[] some : removed)
            {
                for (int i = 0; i < some.length; i++)
                {
                    place = (place + STRIDE) % state.connections;
                    some[i] = state.oldest + place;
                }
            }
        }

        /** Puts them back. */
        @TearDown(Level.Invocation)
        public void restore()
        {
            for (final long[] some : removed)
            {
                benchmark.table.insert(some);
            }
        }
    }

    /** New connections, to be removed again. */
    @State(Scope.Thread)
    public static class Insertions
    {
        private long[][] inserted;
        private ConntrackBenchmark benchmark;

        /** @param state of the table. */
        @Setup(Level.Invocation)
        public void choose(final ConntrackBenchmark state)
        {
            benchmark = state;
            inserted = new long[OPERATIONS / state.batch][state.batch];
            long number = state.next + state.nextRandom(state.connections);
            for (final long[] some : inserted)
            {
                for (int i = 0; i < some.length; i++)
                {
                    number += STRIDE;
                    some[i] = number;
                }
            }
        }

        /** Takes them out again. */
        @TearDown(Level.Invocation)
        public void remove()
        {
            for (final long[] some : inserted)
            {
                benchmark.table.remove(some);
            }
        }
    }

    /** As many connections made as will expire. */
    @State(Scope.Thread)
    public static class Ageing
    {
        /** @param state of the table. */
        @Setup(Level.Invocation)
        public void insert(final ConntrackBenchmark state)
        {
            for (int i = 0; i < OPERATIONS / FILL; i++)
            {
                state.insertNext(FILL);
            }
        }
    }

    /** The generator alone. @return something. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public long nothing()
    {
        long sum = 0;
        for (int done = 0; done < OPERATIONS; done += batch)
        {
            choosePackets(numbers, 0);
            sum += numbers[0];
        }
        return sum;
    }

    /** Packets of connections that are there, both directions. @return packets found. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public int hit()
    {
        int found = 0;
        for (int done = 0; done < OPERATIONS; done += batch)
        {
            choosePackets(numbers, 0);
            found += table.onPackets(numbers);
        }
        if (found != OPERATIONS)
        {
            throw new IllegalStateException("found=" + found);
        }
        return found;
    }

    /** Packets of connections that are not there. @return packets found. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public int miss()
    {
        int found = 0;
        for (int done = 0; done < OPERATIONS; done += batch)
        {
            choosePackets(numbers, Tuples.ABSENT);
            found += table.onPackets(numbers);
        }
        if (found != 0)
        {
            throw new IllegalStateException("found=" + found);
        }
        return found;
    }

    /** New connections. @param insertions to be made. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void insert(final Insertions insertions)
    {
        for (final long[] some : insertions.inserted)
        {
            table.insert(some);
        }
    }

    /** Connections removed by their tuples. @param removals to be done. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void remove(final Removals removals)
    {
        for (final long[] some : removals.removed)
        {
            table.remove(some);
        }
    }

    /** Connections whose time is up. @param ageing has made as many. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public void expire(final Ageing ageing)
    {
        for (int done = 0; done < OPERATIONS; done += batch)
        {
            table.expire(oldest, batch);
            oldest += batch;
        }
    }

    /** Of 64 operations 60 packets of connections, two new ones, and the end of the two oldest. @return found. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public int mixed()
    {
        int found = 0;
        for (int done = 0; done < OPERATIONS; done += FILL)
        {
            for (int packets = 0; packets < FILL - MIXED_CHANGES; packets += mixedPackets.length)
            {
                choosePackets(mixedPackets, 0);
                found += table.onPackets(mixedPackets);
            }
            for (int changes = 0; changes < MIXED_CHANGES / 2; changes += mixedChanges.length)
            {
                for (int i = 0; i < mixedChanges.length; i++)
                {
                    mixedChanges[i] = next++;
                }
                table.insert(mixedChanges);
                for (int i = 0; i < mixedChanges.length; i++)
                {
                    mixedChanges[i] = oldest++;
                }
                table.remove(mixedChanges);
            }
        }
        return found;
    }

    private void insertNext(final int count)
    {
        final long[] some = new long[count];
        for (int i = 0; i < count; i++)
        {
            some[i] = next++;
        }
        table.age(count);
        table.insert(some);
    }

    private void choosePackets(final long[] packets, final long absent)
    {
        for (int i = 0; i < packets.length; i++)
        {
            packets[i] = (absent + oldest + nextRandom(connections)) << 1 | random & 1;
        }
    }

    /** Marsaglia's xorshift; its upper half, scaled. */
    private long nextRandom(final int bound)
    {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (random >>> 32) * bound >>> 32;
    }
}
