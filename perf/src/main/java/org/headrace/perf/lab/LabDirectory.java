package org.headrace.perf.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is known on this machine about its laboratories: one directory each, with the owner's process id, the logs and
 * the files of the programs in it. A laboratory whose owner is dead and that was not kept on purpose is stale.
 */
final class LabDirectory
{
    static final Path ROOT = Path.of("/run/headrace-lab");
    static final Path RUNTIME_ROOT = Path.of("/dev/shm");
    static final Path LOCK = Path.of("/run/headrace-lab.lock");
    private static final String OWNER = "owner";
    private static final String KEPT = "kept";

    private LabDirectory()
    {
    }

    static Path create(final String prefix) throws IOException
    {
        final Path directory = Files.createDirectories(ROOT.resolve(prefix));
        final ProcessHandle self = ProcessHandle.current();
        Files.writeString(directory.resolve(OWNER), self.pid() + " " + startOf(self));
        return directory;
    }

    static void keep(final String prefix)
    {
        write(ROOT.resolve(prefix).resolve(KEPT), "");
    }

    static void write(final Path file, final String text)
    {
        try
        {
            Files.writeString(file, text);
        }
        catch (final IOException e)
        {
            throw new LabException("cannot write " + file, e);
        }
    }

    /** @return prefixes of the laboratories whose owner is dead; those kept on purpose only if asked for. */
    static List<String> abandoned(final boolean isKeptIncluded)
    {
        if (!Files.isDirectory(ROOT))
        {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(ROOT))
        {
            return directories.filter(Files::isDirectory)
                .filter(directory -> !isOwned(directory))
                .filter(directory -> isKeptIncluded || !Files.exists(directory.resolve(KEPT)))
                .map(directory -> directory.getFileName().toString()).toList();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs something while no other process lays or removes a laboratory. */
    static void locked(final Runnable action)
    {
        try
        {
            Files.createDirectories(ROOT);
            try (FileChannel file = FileChannel.open(
                LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = file.lock())
            {
                action.run();
            }
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    static void deleteTree(final Path root)
    {
        if (!Files.exists(root))
        {
            return;
        }
        try (Stream<Path> paths = Files.walk(root))
        {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList())
            {
                Files.deleteIfExists(path);
            }
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOwned(final Path directory)
    {
        try
        {
            final String[] owner = Files.readString(directory.resolve(OWNER)).split(" ");
            return ProcessHandle.of(Long.parseLong(owner[0]))
                .map(process -> startOf(process).toString().equals(owner[1])).orElse(false);
        }
        catch (final IOException | RuntimeException e)
        {
            return false;
        }
    }

    // A process id may have been given to another program since.
    private static Instant startOf(final ProcessHandle process)
    {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }
}
