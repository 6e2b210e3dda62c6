package org.headrace.protocol.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * Who holds a lock file, as its holder has written it there: two decimal numbers.
 *
 * @param pid       of the process that holds the lock.
 * @param parentPid of the process that had started it then.
 */
public record LockOwner(long pid, long parentPid)
{
    private static final int MAX_LENGTH = 64;

    /** @return this process. */
    public static LockOwner self()
    {
        final ProcessHandle process = ProcessHandle.current();
        return new LockOwner(process.pid(), process.parent().map(ProcessHandle::pid).orElse(0L));
    }

    /**
     * @param channel of the lock file, which this process holds the lock of.
     * @throws IOException if it cannot be written.
     */
    public void write(final FileChannel channel) throws IOException
    {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((pid + " " + parentPid).getBytes(UTF_8)), 0);
    }

    /**
     * @param channel of the lock file.
     * @return who holds the lock; empty if the file does not say so.
     * @throws IOException if it cannot be read.
     */
    public static Optional<LockOwner> read(final FileChannel channel) throws IOException
    {
        final ByteBuffer buffer = ByteBuffer.allocate(MAX_LENGTH);
        channel.read(buffer, 0);
        final String[] words = new String(buffer.array(), 0, buffer.position(), UTF_8).strip().split(" ");
        try
        {
            return words.length == 2 ?
                Optional.of(new LockOwner(Long.parseLong(words[0]), Long.parseLong(words[1]))) : Optional.empty();
        }
        catch (final NumberFormatException ignored)
        {
            return Optional.empty();
        }
    }

    /** @return true if the process lives, but the one that had started it does not. */
    public boolean isOrphan()
    {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive)
            .map(process -> process.parent().map(ProcessHandle::pid).orElse(0L) != parentPid).orElse(false);
    }

    /** Ends the process as {@code kill -9} does. */
    public void kill()
    {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
