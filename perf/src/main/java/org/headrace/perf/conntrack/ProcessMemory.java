package org.headrace.perf.conntrack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory of this process. */
final class ProcessMemory
{
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String RESIDENT = "VmRSS:";

    private ProcessMemory()
    {
    }

    /**
     * @return resident bytes, files mapped included (proc_pid_status(5)).
     */
    static long residentBytes()
    {
        try
        {
            for (final String line : Files.readAllLines(STATUS))
            {
                if (line.startsWith(RESIDENT))
                {
                    return Long.parseLong(line.substring(RESIDENT.length()).replace("kB", "").trim()) << 10;
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + STATUS, ex);
        }
        throw new IllegalStateException(STATUS + " has no " + RESIDENT);
    }
}
