package org.headrace.forwarder.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The pages that a mapping of this process has, as {@code /proc/self/smaps} tells (proc_pid_smaps(5)).
 *
 * @param residentBytes mapped in pages of any size.
 * @param hugeBytes     mapped in huge pages.
 */
public record MappingPages(long residentBytes, long hugeBytes)
{
    private static final Path SMAPS = Path.of("/proc/self/smaps");
    private static final long PAGE = 4096;

    /**
     * @param address     of the first byte.
     * @param lengthBytes of the memory; the kernel may keep it as several mappings.
     * @return its pages.
     */
    public static MappingPages of(final long address, final long lengthBytes)
    {
        long resident = 0;
        long huge = 0;
        boolean isInside = false;
        try (BufferedReader lines = Files.newBufferedReader(SMAPS))
        {
            for (String line = lines.readLine(); line != null; line = lines.readLine())
            {
                // "7f0e4a000000-7f0e4a021000 rw-p ...", followed by lines such as "Rss:      132 kB".
                if (!Character.isUpperCase(line.charAt(0)))
                {
                    final int dash = line.indexOf('-');
                    final int blank = line.indexOf(' ');
                    isInside = Long.parseUnsignedLong(line, 0, dash, 16) >= address &&
                        Long.parseUnsignedLong(line, dash + 1, blank, 16) <=
                        PageSupply.up(address + lengthBytes, PAGE);
                }
                else if (isInside)
                {
                    final int colon = line.indexOf(':');
                    switch (line.substring(0, colon))
                    {
                        case "Rss" -> resident += kibibytes(line.substring(colon + 1)) << 10;
                        case "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped" ->
                            huge += kibibytes(line.substring(colon + 1)) << 10;
                        case "Shared_Hugetlb", "Private_Hugetlb" ->
                        {
                            // Rss does not count these
                            final long bytes = kibibytes(line.substring(colon + 1)) << 10;
                            resident += bytes;
                            huge += bytes;
                        }
                        default ->
                        {
                        }
                    }
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + SMAPS + ": " + ex, ex);
        }
        return new MappingPages(resident, huge);
    }

    /** {@code "   1234 kB"} as a number. */
    static long kibibytes(final String field)
    {
        return Long.parseLong(field.replace("kB", "").trim());
    }
}
