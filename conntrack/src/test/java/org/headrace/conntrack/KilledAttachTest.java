package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** An attach that is stopped between two instructions and done again comes to what one that was not stopped does. */
class KilledAttachTest
{
    private static final int CAPACITY = 200;
    private static final int KEYS = 500;
    private static final int POINTS_EACH = 60;
    private static final long LENGTH = ConnectionTableDescriptor.requiredBytes(CAPACITY);

    private final Random random = new Random(TestTables.SEED);
    private final MemorySegment copy = Arena.ofAuto().allocate(LENGTH, ConnectionTableDescriptor.ALIGNMENT);

    @TempDir
    private Path directory;

    @Test
    @Timeout(180)
    void shouldComeToTheSameWhereverAnAttachIsStopped() throws Exception
    {
        final Map<TornOperation, MemorySegment> tornTables = tornTables();
        final MemorySegment image = KillWriter.map(directory.resolve("image"), LENGTH);
        for (final Map.Entry<TornOperation, MemorySegment> torn : tornTables.entrySet())
        {
            image.copyFrom(torn.getValue());
            final long nowMs = 2_000_000_000L;
            final ConnectionTable whole = attach(torn.getValue(), nowMs);
            assertThat(whole.attachReport().torn()).isEqualTo(torn.getKey());
            stopAtManyPoints(torn.getKey(), whole, nowMs);
        }
    }

    /** What a writer left in the middle of each operation. */
    private Map<TornOperation, MemorySegment> tornTables() throws Exception
    {
        final Map<TornOperation, MemorySegment> found = new EnumMap<>(TornOperation.class);
        final MemorySegment file = KillWriter.map(directory.resolve("table"), LENGTH);
        final Path progressFile = directory.resolve("progress");
        final KillProgress progress = new KillProgress(KillWriter.map(progressFile, KillProgress.LENGTH));
        try (StoppableProcess writer = new StoppableProcess(KillWriter.class, directory.resolve("table"), progressFile,
            CAPACITY, TestTables.SEED, TestTables.SEED, KEYS, false, 1))
        {
            writer.await(() -> progress.finished() > 10_000);
            while (found.size() < TornOperation.values().length)
            {
                final long enough = progress.finished() + random.nextInt(10);
                writer.await(() -> progress.finished() > enough);
                writer.stop();
                final long intent = file.get(ValueLayout.JAVA_LONG,
                    ConnectionTableDescriptor.INTENT_OFFSET);
                found.computeIfAbsent(TornOperation.ofIntent(intent), ignored -> Arena.ofAuto()
                    .allocate(LENGTH, ConnectionTableDescriptor.ALIGNMENT).copyFrom(file));
                writer.go();
            }
        }
        return found;
    }

    private void stopAtManyPoints(final TornOperation torn, final ConnectionTable whole, final long nowMs)
        throws Exception
    {
        final Path tableFile = directory.resolve("table " + torn);
        final Path progressFile = directory.resolve("progress " + torn);
        final MemorySegment file = KillWriter.map(tableFile, LENGTH);
        final KillProgress progress = new KillProgress(KillWriter.map(progressFile, KillProgress.LENGTH));
        int stopped = 0;
        try (StoppableProcess attacher = new StoppableProcess(KillAttacher.class, tableFile, progressFile,
            directory.resolve("image"), CAPACITY, nowMs))
        {
            while (stopped < POINTS_EACH)
            {
                final long enough = progress.finished() + random.nextInt(5);
                attacher.await(() -> progress.finished() > enough);
                attacher.stop();
                if (progress.begun() > progress.finished())
                {
                    stopped++;
                    final ConnectionTable table = attach(copy.copyFrom(file), nowMs);
                    TableVerifier.verify(table);
                    assertThat(describe(table)).isEqualTo(describe(whole));
                }
                attacher.go();
            }
        }
        System.out.println("KilledAttachTest seed=" + TestTables.SEED + " torn=" + torn + " points=" + stopped +
            " attaches=" + progress.finished());
    }

    private static ConnectionTable attach(final MemorySegment memory, final long nowMs) throws TableRefusedException
    {
        return ConnectionTable.attach(memory, CAPACITY, KillWriter.CLOCK, 1, KillWorkload.timeouts(), TestTables.NOBODY,
            (table, index) ->
            {
            }, nowMs);
    }

    private static List<String> describe(final ConnectionTable table)
    {
        final List<String> lines = new ArrayList<>();
        lines.add("created=" + table.created() + " expired=" + table.expired() + " evicted=" + table.evicted() +
            " removed=" + table.removed());
        for (int index = 0; index < table.header().everUsed(); index++)
        {
            if ((EntryFlyweight.flags(table.entry(index)) & EntryDescriptor.LIVE) != 0)
            {
                lines.add(index + " " + table.serverSlot(index) + " " + KillModel.Connection.read(table, index));
            }
        }
        return lines;
    }
}
