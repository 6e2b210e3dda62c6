package org.headrace.forwarder.io.bpf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * The directory of the BPF file system in which the links of one data plane are pinned, so that they outlive it. Used
 * by control code of one thread.
 *
 * @param directory in the BPF file system and nobody else's: {@code /sys/fs/bpf/headrace-NAME}.
 */
public record PinnedLinks(Path directory)
{
    /** Makes the directory if it is not there. */
    void prepare()
    {
        try
        {
            Files.createDirectories(directory);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot make the directory " + directory, ex);
        }
    }

    Path path(final String name)
    {
        return directory.resolve(name);
    }

    /** Lets go of all links but these. */
    void removeAllBut(final Collection<String> names)
    {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory))
        {
            for (final Path entry : entries)
            {
                if (!names.contains(entry.getFileName().toString()))
                {
                    Files.deleteIfExists(entry);
                }
            }
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot remove the pinned links under " + directory, ex);
        }
    }

    /** Lets go of all links, also of those that a dead process has left, so that nothing is dropped any more. */
    public void release()
    {
        if (!Files.isDirectory(directory))
        {
            return;
        }
        removeAllBut(List.of());
        try
        {
            Files.deleteIfExists(directory);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot remove the directory " + directory, ex);
        }
    }
}
