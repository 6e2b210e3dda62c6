package org.headrace.forwarder.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the host has left. */
final class HostMemory
{
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String AVAILABLE = "MemAvailable:";

    private HostMemory()
    {
    }

    /**
     * @return what the kernel thinks can be used without swapping, in bytes: {@code MemAvailable} of proc_meminfo(5).
     */
    static long availableBytes()
    {
        try
        {
            for (final String line : Files.readAllLines(MEMINFO))
            {
                if (line.startsWith(AVAILABLE))
                {
                    return MappingPages.kibibytes(line.substring(AVAILABLE.length())) << 10;
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + MEMINFO + ": " + ex, ex);
        }
        return Long.MAX_VALUE;
    }
}
