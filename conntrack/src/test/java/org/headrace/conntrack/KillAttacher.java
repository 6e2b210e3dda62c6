package org.headrace.conntrack;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** The process that is stopped while it attaches: again and again to the same torn table. */
final class KillAttacher
{
    private KillAttacher()
    {
    }

    /** Table file, progress file, file with the torn table, capacity, clock. */
    public static void main(final String[] args) throws Exception
    {
        final int capacity = Integer.parseInt(args[3]);
        final long nowMs = Long.parseLong(args[4]);
        final long length = ConnectionTableDescriptor.requiredBytes(capacity);
        final MemorySegment memory = KillWriter.map(Path.of(args[0]), length);
        final KillProgress progress = new KillProgress(KillWriter.map(Path.of(args[1]), KillProgress.LENGTH));
        final MemorySegment image = KillWriter.map(Path.of(args[2]), length);
        for (long number = 1;; number++)
        {
            memory.copyFrom(image);
            progress.begin(number);
            ConnectionTable.attach(memory, capacity, KillWriter.CLOCK, 1, KillWorkload.timeouts(), TestTables.NOBODY,
                (table, index) ->
                {
                }, nowMs);
            progress.finish(number);
        }
    }
}
