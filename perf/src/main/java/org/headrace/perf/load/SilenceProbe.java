package org.headrace.perf.load;

import org.headrace.perf.lab.DnsMessage;
import org.headrace.perf.lab.NetworkNamespace;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a name server every millisecond over one UDP connection, whether it answers or not, and tells how long it was
 * silent.
 */
public final class SilenceProbe implements AutoCloseable
{
    private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int NAME_LENGTH = 8;

    private final InetSocketAddress target;
    private final Thread thread;
    private volatile boolean isStopped;
    private volatile long firstAnswerNs;
    private volatile long lastAnswerNs;
    private volatile long silenceStartNs;
    private volatile long silenceEndNs;

    private SilenceProbe(final NetworkNamespace client, final InetSocketAddress target)
    {
        this.target = target;
        this.thread = client.start("silence-probe", this::run);
    }

    /** @param client host to ask from. @param target name server to ask. @return the started probe. */
    public static SilenceProbe start(final NetworkNamespace client, final InetSocketAddress target)
    {
        return new SilenceProbe(client, target);
    }

    /** Forgets the longest silence and the first answer so far. */
    public void restart()
    {
        firstAnswerNs = 0;
        silenceStartNs = 0;
        silenceEndNs = 0;
    }

    /** @return when the first answer since {@link #restart} came, by {@link System#nanoTime}; 0 before it. */
    public long firstAnswerNs()
    {
        return firstAnswerNs;
    }

    /** @return when the last answer came, by {@link System#nanoTime}; 0 before the first. */
    public long lastAnswerNs()
    {
        return lastAnswerNs;
    }

    /** @return when the longest silence since {@link #restart} ended, by {@link System#nanoTime}. */
    public long silenceEndNs()
    {
        return silenceEndNs;
    }

    /** @return length of the longest silence between two answers since {@link #restart}. */
    public long silenceNs()
    {
        return silenceEndNs - silenceStartNs;
    }

    @Override
    public void close()
    {
        isStopped = true;
        try
        {
            thread.join();
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
        }
    }

    private void run()
    {
        final ByteBuffer buffer = ByteBuffer.allocate(DnsMessage.MAX_LENGTH);
        try (DatagramChannel channel = DatagramChannel.open())
        {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
            channel.connect(target);
            channel.configureBlocking(false);
            int id = 0;
            while (!isStopped)
            {
                final long nowNs = System.nanoTime();
                id = id + 1 & 0xFFFF;
                buffer.clear();
                DnsMessage.putQuery(buffer, id, "p".repeat(NAME_LENGTH));
                write(channel, buffer);
                while (isAnswered(channel, buffer))
                {
                    onAnswer(System.nanoTime());
                }
                LockSupport.parkNanos(nowNs + PACE_NS - System.nanoTime());
            }
        }
        catch (final IOException e)
        {
            throw new IllegalStateException("probe of " + target, e);
        }
    }

    /** A refused or unroutable question is a question without an answer. */
    private static void write(final DatagramChannel channel, final ByteBuffer buffer)
    {
        try
        {
            channel.write(buffer);
        }
        catch (final IOException ignored)
        {
            buffer.clear();
        }
    }

    /** A refusal of an earlier question is no answer. */
    private static boolean isAnswered(final DatagramChannel channel, final ByteBuffer buffer) throws IOException
    {
        buffer.clear();
        try
        {
            return channel.read(buffer) > 0;
        }
        catch (final PortUnreachableException ignored)
        {
            return false;
        }
    }

    private void onAnswer(final long nowNs)
    {
        final long previousNs = lastAnswerNs;
        if (previousNs != 0 && nowNs - previousNs > silenceNs())
        {
            silenceStartNs = previousNs;
            silenceEndNs = nowNs;
        }
        lastAnswerNs = nowNs;
        if (firstAnswerNs == 0)
        {
            firstAnswerNs = nowNs;
        }
    }
}
