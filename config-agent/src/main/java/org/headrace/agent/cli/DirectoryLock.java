package org.headrace.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
        final Path file = directory.resolve(kind + ".lock");
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
                    final String owner = read(channel);
                    channel.close();
                    throw CommandException.startFailed("another headrace " + kind + " (pid " + owner +
                        ") uses directory=" + directory + "; several on one host need a dataplane.directory each");
                }
                LockSupport.parkNanos(RETRY_NS);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)), 0);
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

    private static String read(final FileChannel channel) throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.allocate(20);
        channel.read(buffer, 0);
        final String text = new String(buffer.array(), 0, buffer.position(), UTF_8);
        return text.isEmpty() ? "unknown" : text;
    }
}
