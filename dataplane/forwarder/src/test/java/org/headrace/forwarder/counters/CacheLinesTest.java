package org.headrace.forwarder.counters;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.counters.CountersFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What workers write in the counters file lies in different pairs of cache lines: processors fetch them in pairs. */
class CacheLinesTest
{
    private static final int PAIR_BYTES = 128;
    private static final int WORKERS = 5;

    @Test
    void shouldKeepWhatWorkersWriteInDifferentPairsOfCacheLines(@TempDir final Path directory)
    {
        final CountersFile file = CountersFile.create(directory, WORKERS, 1, "memory", "a,b");
        try
        {
            final Map<Long, Integer> owners = new TreeMap<>();
            for (int worker = 0; worker < WORKERS; worker++)
            {
                for (final UnsafeBuffer part : List.of(file.workerBuffer(worker), file.serverCountersBuffer(worker),
                    file.cycleTimesBuffer(worker), file.limitsBuffer(worker)))
                {
                    assertThat(part.addressOffset() % 64).isZero();
                    final long last = (part.addressOffset() + part.capacity() - 1) / PAIR_BYTES;
                    for (long pair = part.addressOffset() / PAIR_BYTES; pair <= last; pair++)
                    {
                        final Integer former = owners.put(pair, worker);
                        assertThat(former == null || former == worker).as("pair=" + pair + " worker=" + worker +
                            " and worker=" + former).isTrue();
                    }
                }
            }
        }
        finally
        {
            file.close();
        }
    }
}
