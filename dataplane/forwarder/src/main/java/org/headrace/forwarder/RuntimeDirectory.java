package org.headrace.forwarder;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The runtime directory, held by one data plane at a time. */
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
     * @return the held directory.
     * @throws IllegalStateException if another data plane holds it, or it cannot be made.
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
            final FileChannel channel = FileChannel.open(
                directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            final FileLock lock = channel.tryLock();
            if (lock == null)
            {
                channel.close();
                throw new IllegalStateException("directory=" + directory +
                    " is in use by another data plane (choose another with dataplane.directory)");
            }
            return new RuntimeDirectory(directory, channel);
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException("cannot use directory=" + directory + ": " + ex, ex);
        }
    }

    /**
     * Clean stop: removes tables and counters, which are memory on most hosts, and lets go of the directory. When the
     * process dies instead, the kernel lets go of it and the files stay.
     */
    @Override
    public void close() throws IOException
    {
        Inheritance.remove(directory);
        channel.close();
    }
}
