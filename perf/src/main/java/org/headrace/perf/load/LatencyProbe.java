package org.headrace.perf.load;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.headrace.perf.generate.latency.ConstantSchedule;
import org.headrace.perf.lab.DnsMessage;
import org.headrace.perf.lab.NetworkNamespace;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks one question over UDP at a fixed pace, one after the other, and records how long the answers take from the
 * moment each question was due: a wait counts for every question that it held up (no coordinated omission). For many
 * questions at a time, there is {@code scripts/load latency}.
 */
public final class LatencyProbe implements AutoCloseable
{
    private static final long PER_SECOND = 500;
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(1);
    private static final int TIMEOUT_MS = 2_000;
    private static final int NAME_LENGTH = 8;

    private final InetSocketAddress target;
    private final Recorder recorder = new Recorder(HIGHEST_NS, 3);
    private final Tally tally = new Tally();
    private final Thread thread;
    private volatile boolean isStopped;

    private LatencyProbe(final NetworkNamespace client, final InetSocketAddress target)
    {
        this.target = target;
        this.thread = client.start("latency-probe", this::run);
    }

    /** @param client host to ask from. @param target name server to ask. @return the started probe. */
    public static LatencyProbe start(final NetworkNamespace client, final InetSocketAddress target)
    {
        return new LatencyProbe(client, target);
    }

    /** @return round-trip times in nanoseconds since the last call. */
    public Histogram interval()
    {
        return recorder.getIntervalHistogram();
    }

    /** @return how many were answered and lost. */
    public Tally tally()
    {
        return tally;
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
        final byte[] bytes = new byte[DnsMessage.MAX_LENGTH];
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try (DatagramSocket socket = new DatagramSocket())
        {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(target);
            final ConstantSchedule schedule = new ConstantSchedule(System.nanoTime(), PER_SECOND);
            for (long number = 0; !isStopped; number++)
            {
                ask(socket, buffer, (int)number & 0xFFFF, schedule.dueNs(number));
            }
        }
        catch (final IOException e)
        {
            tally.onFailure("probe: " + e);
        }
    }

    private void ask(final DatagramSocket socket, final ByteBuffer buffer, final int id, final long dueNs)
        throws IOException
    {
        final byte[] bytes = buffer.array();
        for (long earlyNs = dueNs - System.nanoTime(); earlyNs > 0; earlyNs = dueNs - System.nanoTime())
        {
            LockSupport.parkNanos(earlyNs);
        }
        DnsMessage.putQuery(buffer, id, "p".repeat(NAME_LENGTH));
        socket.send(new DatagramPacket(bytes, buffer.limit()));
        try
        {
            final DatagramPacket answer = new DatagramPacket(bytes, bytes.length);
            socket.receive(answer);
            recorder.recordValue(Math.min(System.nanoTime() - dueNs, HIGHEST_NS));
            buffer.clear().limit(answer.getLength());
            tally.onAnswer(String.valueOf(DnsMessage.text(buffer, id)));
        }
        catch (final IOException e)
        {
            tally.onFailure("probe " + id + ": " + e);
        }
    }
}
