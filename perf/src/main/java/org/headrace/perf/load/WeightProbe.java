package org.headrace.perf.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.HdrHistogram.Histogram;
import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.LabException;
import org.headrace.perf.lab.LabNetwork;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Sets a weight to what it is anyway, ten times a second, and measures how long agent and data plane take to say that
 * it is in force.
 */
final class WeightProbe implements AutoCloseable
{
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final double NS_PER_MS = 1e6;
    private static final String REQUEST = """
        {"request": "weight", "service": "udp/%s:53", "server": "%s:5353", "weight": 1}
        """.formatted(LabNetwork.VIP, LabNetwork.serverAddress(1));

    private final Histogram times = new Histogram(2);
    private final Path socket;
    private final Thread thread;
    private volatile boolean isStopped;
    private volatile String failure;

    private WeightProbe(final Path directory)
    {
        socket = directory.resolve("agent.sock");
        thread = Thread.ofPlatform().daemon().name("weight-probe").start(this::run);
    }

    /** Starts to ask the agent of a runtime directory. */
    static WeightProbe start(final Path directory)
    {
        return new WeightProbe(directory);
    }

    @Override
    public void close()
    {
        isStopped = true;
        Await.until("the end of the probe", Duration.ofSeconds(30), () -> !thread.isAlive());
        if (failure != null)
        {
            throw new LabException("a weight could not be set: " + failure);
        }
    }

    /** Half of the answers came within this time; only after the end. */
    String medianMs()
    {
        return millis(times.getValueAtPercentile(50));
    }

    /** All answers came within this time; only after the end. */
    String maxMs()
    {
        return millis(times.getMaxValue());
    }

    private void run()
    {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket)))
        {
            final ByteBuffer answer = ByteBuffer.allocate(4_096);
            while (!isStopped)
            {
                final long startNs = System.nanoTime();
                channel.write(ByteBuffer.wrap(REQUEST.getBytes(UTF_8)));
                answer.clear();
                while (answer.position() == 0 || answer.get(answer.position() - 1) != '\n')
                {
                    if (channel.read(answer) < 0)
                    {
                        throw new IOException("the agent closed the connection");
                    }
                }
                times.recordValue(System.nanoTime() - startNs);
                final String text = new String(answer.array(), 0, answer.position(), UTF_8);
                if (!text.contains("\"ok\":true"))
                {
                    throw new IOException(text.strip());
                }
                Await.pass(INTERVAL);
            }
        }
        catch (final IOException ex)
        {
            failure = ex.getMessage();
        }
    }

    private static String millis(final long ns)
    {
        return String.format(Locale.ROOT, "%.1f", ns / NS_PER_MS);
    }
}
