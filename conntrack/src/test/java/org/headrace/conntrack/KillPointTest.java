package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;

/**
 * A real process works on a table in a mapped file and is stopped between two instructions, thousands of times, or
 * killed. What then stands in the file is what {@code kill -9} leaves there: it is copied, attached to, compared with
 * a model exactly, and worked on with.
 */
class KillPointTest
{
    private static final int POINTS = Integer.getInteger("kill.points", 2_000);
    private static final int KILLS = 20;
    private static final int PORT = 1234;

    private final Random random = new Random(TestTables.SEED);
    private final Map<TornOperation, Integer> torn = new EnumMap<>(TornOperation.class);
    private Path tableFile;
    private Path progressFile;
    private KillProgress progress;

    @TempDir
    private Path directory;

    @BeforeEach
    void createFiles() throws IOException
    {
        tableFile = directory.resolve("table");
        progressFile = directory.resolve("progress");
        progress = new KillProgress(KillWriter.map(progressFile, KillProgress.LENGTH));
        for (final TornOperation operation : TornOperation.values())
        {
            torn.put(operation, 0);
        }
    }

    @Test
    @Timeout(180)
    void shouldBeWholeWhereverTheWriterIsStopped() throws Exception
    {
        stopAtManyPoints(POINTS, 200, 500, false, TestTables.SEED);
        for (final TornOperation operation : TornOperation.values())
        {
            assertThat(torn.get(operation)).as("points in %s", operation).isPositive();
        }
    }

    @Test
    @Timeout(180)
    void shouldBeWholeWhereverTheWriterIsStoppedIfAllHashesAreEqual() throws Exception
    {
        final long seed = TestTables.seedWithSecretOne(((long)PORT << 16 | 80) << 8 | TestTables.TCP);
        final KillJudge judge = stopAtManyPoints(POINTS / 10, 800, 1_000, true, seed);
        assertThat(judge.indexFull()).isPositive();
    }

    @Test
    @Timeout(180)
    void shouldGoOnFromOwnerToOwnerThroughKills() throws Exception
    {
        final int capacity = 200;
        final int keys = 500;
        final KillJudge judge = new KillJudge(capacity, keys, new KillWorkload(TestTables.SEED, keys, false));
        final long length = ConnectionTableDescriptor.requiredBytes(capacity);
        final MemorySegment file = KillWriter.map(tableFile, length);
        final MemorySegment copy = Arena.ofAuto().allocate(length, ConnectionTableDescriptor.ALIGNMENT);
        for (int kill = 1; kill <= KILLS; kill++)
        {
            try (StoppableProcess writer = new StoppableProcess(KillWriter.class, tableFile, progressFile, capacity,
                TestTables.SEED, TestTables.SEED, keys, false, judge.reached() + 1))
            {
                final long enough = judge.reached() + 1 + random.nextInt(20_000);
                writer.await(() -> progress.finished() >= enough);
                writer.kill();
            }
            judge.follow(progress);
            final AttachReport report = judge.judge(copy.copyFrom(file));
            assertThat(report.epoch()).isEqualTo(kill + 1);
            torn.merge(report.torn(), 1, Integer::sum);
            judge.settle(copy.copyFrom(file));
        }
        System.out.println("KillPointTest kills=" + KILLS + " operations=" + judge.reached() + " torn=" + torn);
    }

    private KillJudge stopAtManyPoints(
        final int points,
        final int capacity,
        final int keys,
        final boolean isEveryHashEqual,
        final long tableSeed) throws Exception
    {
        System.out.println("KillPointTest seed=" + TestTables.SEED + " directory=" + directory);
        final KillJudge judge = new KillJudge(capacity, keys,
            new KillWorkload(TestTables.SEED, keys, isEveryHashEqual));
        final long length = ConnectionTableDescriptor.requiredBytes(capacity);
        final MemorySegment file = KillWriter.map(tableFile, length);
        final MemorySegment copy = Arena.ofAuto().allocate(length, ConnectionTableDescriptor.ALIGNMENT);
        int inFlight = 0;
        try (StoppableProcess writer = new StoppableProcess(KillWriter.class, tableFile, progressFile, capacity,
            tableSeed, TestTables.SEED, keys, isEveryHashEqual, 1))
        {
            for (int point = 0; point < points; point++)
            {
                final long enough = progress.finished() + 1 + random.nextInt(point == points / 4 ? 200_000 : 100);
                writer.await(() -> progress.finished() >= enough);
                spin(random.nextInt(20_000));
                writer.stop();
                judge.follow(progress);
                final AttachReport report = judge.judge(copy.copyFrom(file));
                torn.merge(report.torn(), 1, Integer::sum);
                inFlight += progress.begun() > progress.finished() ? 1 : 0;
                writer.go();
            }
        }
        System.out.println("KillPointTest points=" + points + " operations=" + judge.reached() + " in flight=" +
            inFlight + " torn=" + torn + " index full=" + judge.indexFull());
        return judge;
    }

    /** So that the stop does not always come at the same place behind the store that we waited for. */
    private static void spin(final long forNs)
    {
        final long end = System.nanoTime() + forNs;
        while (System.nanoTime() - end < 0)
        {
            Thread.onSpinWait();
        }
    }
}
