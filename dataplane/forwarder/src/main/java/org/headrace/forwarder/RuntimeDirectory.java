package org.headrace.forwarder;

import org.headrace.protocol.process.LockOwner;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The runtime directory, held by one data plane at a time. The kernel lets go of it when the holder ends, however it
 * ends, and hands it to the one that waits.
 */
final class RuntimeDirectory implements AutoCloseable
{
    private static final String LOCK_FILE = "dataplane.lock";

    private final Path directory;
    private final FileChannel channel;

    private RuntimeDirectory(final Path directory, final FileChannel channel)
    {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * @param directory is made if it does not exist, for the owner's eyes only.
     * @return the directory, not held yet.
     * @throws IllegalStateException if it cannot be made.
     */
    static RuntimeDirectory open(final Path directory)
    {
        try
        {
            if (!Files.isDirectory(directory))
            {
                Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            return new RuntimeDirectory(directory, FileChannel.open(directory.resolve(LOCK_FILE),
                StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException("cannot use directory=" + directory + ": " + ex, ex);
        }
    }

    /** @return true if this process holds the directory from now on; false if another one does. */
    boolean tryHold()
    {
        try
        {
            if (channel.tryLock() == null)
            {
                return false;
            }
            LockOwner.self().write(channel);
            return true;
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException("cannot lock directory=" + directory + ": " + ex, ex);
        }
    }

    /**
     * Waits until the holder has ended. One whose supervisor was killed is ended here: it went on forwarding for lack
     * of a successor, and now there is one.
     */
    void awaitHold()
    {
        try
        {
            LockOwner.read(channel).filter(LockOwner::isOrphan).ifPresent(LockOwner::kill);
            channel.lock();
            LockOwner.self().write(channel);
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException("cannot lock directory=" + directory + ": " + ex, ex);
        }
    }

    /** Clean stop: removes connections, generation and counters, which are memory on most hosts. */
    void clear()
    {
        try
        {
            Inheritance.remove(directory);
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException("cannot clear directory=" + directory + ": " + ex, ex);
        }
    }

    /** Lets go of the directory. When the process dies instead, the kernel does. */
    @Override
    public void close() throws IOException
    {
        channel.close();
    }

    @Override
    public String toString()
    {
        return directory.toString();
    }
}
