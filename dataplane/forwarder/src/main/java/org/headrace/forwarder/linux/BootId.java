package org.headrace.forwarder.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which start of the system this is; the monotonic clock and the numbers of interfaces mean nothing in another. */
public final class BootId
{
    private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId()
    {
    }

    /** @return a number that is the same until the system starts again. */
    public static long read()
    {
        try
        {
            final UUID id = UUID.fromString(Files.readString(FILE).strip());
            return id.getMostSignificantBits() ^ id.getLeastSignificantBits();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read " + FILE, ex);
        }
    }
}
