package org.headrace.forwarder.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which boot of the host this is: monotonic times of another one mean nothing. */
public final class HostBoot
{
    /** Documentation/admin-guide/sysctl/kernel.rst, random: a UUID made at boot. */
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private HostBoot()
    {
    }

    /** @return number of the present boot. */
    public static long id()
    {
        try
        {
            final UUID uuid = UUID.fromString(Files.readString(BOOT_ID).strip());
            return uuid.getMostSignificantBits() ^ uuid.getLeastSignificantBits();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + BOOT_ID, ex);
        }
    }
}
