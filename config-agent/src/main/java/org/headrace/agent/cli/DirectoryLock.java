package org.headrace.agent.cli;

import org.headrace.protocol.process.LockOwner;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A lock file in the runtime directory: one process of a kind at a time. The kernel frees it when its owner dies. */
final class DirectoryLock implements AutoCloseable
{
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final FileChannel channel;

    private DirectoryLock(final FileChannel channel)
    {
        this.channel = channel;
    }

    /**
     * Takes the lock, making the directory if it does not exist.
     *
     * @param directory runtime directory.
     * @param kind      of the process: {@code run}, {@code agent}, {@code dataplane}.
     * @param waitMs    how long a predecessor that is about to end is waited for.
     * @return the lock.
     * @throws CommandException if another process has it, or the directory cannot be used.
     */
    static DirectoryLock acquire(final Path directory, final String kind, final long waitMs)
    {
        final Path file = file(directory, kind);
        try
        {
            Files.createDirectories(directory);
            final FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
            while (!tryLock(channel))
            {
                if (System.nanoTime() - deadlineNs >= 0)
                {
                    final Optional<LockOwner> owner = LockOwner.read(channel);
                    channel.close();
                    throw CommandException.startFailed("another headrace " + kind + " (pid " +
                        owner.map(LockOwner::pid).map(Object::toString).orElse("unknown") + ") uses directory=" +
                        directory + "; several on one host need a dataplane.directory each");
                }
                LockSupport.parkNanos(RETRY_NS);
            }
            LockOwner.self().write(channel);
            return new DirectoryLock(channel);
        }
        catch (final IOException ex)
        {
            throw CommandException.startFailed("directory=" + directory + " cannot be used: " + ex);
        }
    }

    @Override
    public void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException ex)
        {
            // The kernel frees the lock with the process in any case.
            System.err.println("headrace: lock was not closed: " + ex.getMessage());
        }
    }

    private static boolean tryLock(final FileChannel channel) throws IOException
    {
        try
        {
            final FileLock lock = channel.tryLock();
            return lock != null;
        }
        catch (final OverlappingFileLockException _)
        {
            return false;
        }
    }

    /**
     * @param directory runtime directory.
     * @param kind      of the process.
     * @return who holds the lock now, or held it last.
     */
    static Optional<LockOwner> owner(final Path directory, final String kind)
    {
        try (FileChannel channel = FileChannel.open(file(directory, kind), StandardOpenOption.READ))
        {
            return LockOwner.read(channel);
        }
        catch (final IOException _)
        {
            // No file: nobody has ever held it.
            return Optional.empty();
        }
    }

    private static Path file(final Path directory, final String kind)
    {
        return directory.resolve(kind + ".lock");
    }
}
