package org.headrace.forwarder;

import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.affinity.PersistenceFile;
import org.headrace.forwarder.affinity.PersistenceTable;
import org.headrace.forwarder.affinity.TemplateQueue;
import org.headrace.forwarder.control.GenerationFile;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/**
 * What the runtime directory holds of a data plane that was killed. Generation, counters and connections name each
 * other's numbers, so without the first two nothing is of use. What is of no use is set aside under another name, with
 * a line that says why, and never looked at again.
 */
final class Inheritance
{
    /** Follows the name of a file that was set aside. */
    static final String SET_ASIDE_SUFFIX = ".set-aside";

    private static final String STATE_FILES =
        "{connections-*,hops-*,counters,generation,persistence}.dat";

    private final Path directory;
    private final PrintStream log;
    private GenerationFile generation;
    private CountersFile counters;

    private Inheritance(final Path directory, final PrintStream log)
    {
        this.directory = directory;
        this.log = log;
    }

    /**
     * @param context of the successor, which holds the runtime directory.
     * @param epoch   random number of this process.
     * @param log     one line per event.
     * @return what there is to go on with; new and empty files if there is nothing.
     */
    static Inheritance claim(final DataPlaneContext context, final long epoch, final PrintStream log)
    {
        final Inheritance inheritance = new Inheritance(context.directory(), log);
        final String interfaces = String.join(",", context.interfaces());
        try
        {
            inheritance.open(context, epoch, interfaces);
        }
        catch (final IOException | IllegalStateException ex)
        {
            inheritance.setAllAside(ex.getMessage());
            inheritance.generation = GenerationFile.none(context.directory(), context.bootId());
        }
        if (inheritance.counters == null)
        {
            inheritance.counters =
                CountersFile.create(context.directory(), context.workers().size(), epoch, context.io(), interfaces);
        }
        return inheritance;
    }

    private void open(final DataPlaneContext context, final long epoch, final String interfaces) throws IOException
    {
        generation = GenerationFile.open(directory, context.bootId());
        if (generation.hasPredecessor())
        {
            counters = CountersFile.takeOver(
                directory, context.workers().size(), epoch, context.io(), interfaces);
        }
        else
        {
            // A predecessor that never had a generation never had a connection.
            remove(directory);
        }
    }

    /** @return true if connections of a predecessor may go on. */
    boolean isThere()
    {
        return generation.hasPredecessor();
    }

    GenerationFile generation()
    {
        return generation;
    }

    CountersFile counters()
    {
        return counters;
    }

    /** @param context of the successor. @return session persistence, the predecessor's if there is one. */
    Affinity affinity(final DataPlaneContext context)
    {
        final PersistenceFile file =
            new PersistenceFile(directory, context.persistenceEntries(), context.bootId(), this::setAside, log);
        final PersistenceTable templates = file.open(new SecureRandom().nextLong(), CountersDescriptor.SERVICE_SLOTS,
            CountersDescriptor.SERVER_SLOTS, nowMs());
        return new Affinity(templates, new TemplateQueue(),
            () -> file.reserve(CountersDescriptor.SERVICE_SLOTS, CountersDescriptor.SERVER_SLOTS, nowMs()));
    }

    private static long nowMs()
    {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Puts a file out of the way, in place of one that was put there before. */
    void setAside(final Path file, final String reason)
    {
        try
        {
            final Path aside = file.resolveSibling(file.getFileName() + SET_ASIDE_SUFFIX);
            Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
            log.println("event=set-aside file=" + aside + " reason=\"" + reason + "\"");
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot set " + file + " aside", ex);
        }
    }

    private void setAllAside(final String reason)
    {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, STATE_FILES))
        {
            files.forEach(file -> setAside(file, reason));
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException("cannot read directory=" + directory, ex);
        }
    }

    /** Removes all that a successor could go on with: a clean stop ends every connection. */
    static void remove(final Path directory) throws IOException
    {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, STATE_FILES))
        {
            for (final Path file : files)
            {
                Files.delete(file);
            }
        }
    }
}
