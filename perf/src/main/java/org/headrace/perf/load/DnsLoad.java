package org.headrace.perf.load;

import org.headrace.perf.lab.DnsMessage;
import org.headrace.perf.lab.NetworkNamespace;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * UDP clients that ask a question and wait for its answer, with no second try: a lost packet is a failed request.
 */
public final class DnsLoad implements AutoCloseable
{
    private static final int TIMEOUT_MS = 5_000;
    private static final int MAX_LABEL_LENGTH = 63;

    private final InetSocketAddress target;
    private final int requestsPerPort;
    private final AtomicLong remaining;
    private final Tally tally = new Tally();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isStopped;

    private DnsLoad(final InetSocketAddress target, final int requestsPerPort, final long requests)
    {
        this.target = target;
        this.requestsPerPort = requestsPerPort;
        this.remaining = new AtomicLong(requests);
    }

    /**
     * @param client          host of the clients.
     * @param target          to ask.
     * @param clients         how many ask at the same time.
     * @param requestsPerPort after how many questions a client takes a new source port.
     * @param requests        how many altogether; {@code Long.MAX_VALUE} to go on until stopped.
     * @return the started load.
     */
    public static DnsLoad start(
        final NetworkNamespace client,
        final InetSocketAddress target,
        final int clients,
        final int requestsPerPort,
        final long requests)
    {
        final DnsLoad load = new DnsLoad(target, requestsPerPort, requests);
        for (int i = 0; i < clients; i++)
        {
            load.threads.add(client.start("dns-client-" + i, load::run));
        }
        return load;
    }

    /** @return what the clients have seen so far. */
    public Tally tally()
    {
        return tally;
    }

    /** Waits until all questions are asked. @return what the clients saw. */
    public Tally join()
    {
        try
        {
            for (final Thread thread : threads)
            {
                thread.join();
            }
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
        }
        return tally;
    }

    /** Stops asking. @return what the clients saw. */
    public Tally stop()
    {
        isStopped = true;
        return join();
    }

    @Override
    public void close()
    {
        stop();
    }

    private void run()
    {
        final byte[] bytes = new byte[DnsMessage.MAX_LENGTH];
        while (!isStopped)
        {
            final long budget = remaining.getAndAdd(-requestsPerPort);
            if (budget <= 0)
            {
                return;
            }
            runPort(bytes, (int)Math.min(budget, requestsPerPort));
        }
    }

    private void runPort(final byte[] bytes, final int requests)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try (DatagramSocket socket = new DatagramSocket())
        {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(target);
            for (int id = 1; id <= requests && !isStopped; id++)
            {
                // Even and odd lengths, short and long.
                DnsMessage.putQuery(buffer, id & 0xFFFF, "x".repeat(1 + id % MAX_LABEL_LENGTH));
                socket.send(new DatagramPacket(bytes, buffer.limit()));
                final DatagramPacket answer = new DatagramPacket(bytes, bytes.length);
                socket.receive(answer);
                buffer.clear().limit(answer.getLength());
                final String server = DnsMessage.text(buffer, id & 0xFFFF);
                if (server == null)
                {
                    throw new IOException("wrong answer");
                }
                if (id == 1)
                {
                    tally.onConnection(server);
                }
                tally.onAnswer(server);
            }
        }
        catch (final IOException e)
        {
            tally.onFailure("question to " + target + ": " + e);
        }
    }
}
