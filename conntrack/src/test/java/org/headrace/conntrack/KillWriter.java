package org.headrace.conntrack;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The process that is stopped or killed: works on a table in a mapped file for as long as it is let. */
final class KillWriter
{
    static final long CLOCK = 77;

    private KillWriter()
    {
    }

    /** Table file, progress file, capacity, seed of the table, then the workload: seed, keys, equal hashes, first. */
    public static void main(final String[] args) throws Exception
    {
        final int capacity = Integer.parseInt(args[2]);
        final long tableSeed = Long.parseLong(args[3]);
        final KillWorkload workload = new KillWorkload(Long.parseLong(args[4]), Integer.parseInt(args[5]),
            Boolean.parseBoolean(args[6]));
        final long first = Long.parseLong(args[7]);
        while (workload.number() + 1 < first)
        {
            workload.next();
        }
        final KillProgress progress = new KillProgress(map(Path.of(args[1]), KillProgress.LENGTH));
        final MemorySegment memory = map(Path.of(args[0]), ConnectionTableDescriptor.requiredBytes(capacity));
        final ConnectionListener listener = (table, index, reason) -> progress.event(workload.number(),
            KillProgress.LEAVING + reason.ordinal(), table.serverSlot(index));
        final long pid = ProcessHandle.current().pid();
        final ConnectionTable table = first == 1 ?
            ConnectionTable.create(memory, capacity, tableSeed, CLOCK, pid, KillWorkload.timeouts(), listener,
                workload.nowMs()) :
            ConnectionTable.attach(memory, capacity, CLOCK, pid, KillWorkload.timeouts(), listener, (source, index) ->
            {
            }, workload.nowMs());
        while (true)
        {
            progress.awaitRoom();
            work(workload.next(), table, progress);
        }
    }

    static void work(final KillWorkload workload, final ConnectionTable table, final KillProgress progress)
    {
        final long number = workload.number();
        progress.begin(number);
        final int result = workload.perform(table);
        if (workload.kind() == KillWorkload.Kind.INSERT)
        {
            progress.event(number, KillProgress.whatOfResult(result), workload.key());
        }
        progress.finish(number);
    }

    static MemorySegment map(final Path file, final long length) throws IOException
    {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
            StandardOpenOption.WRITE))
        {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, length, Arena.global());
        }
    }
}
