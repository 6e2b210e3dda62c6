package org.headrace.perf.load;

import org.headrace.perf.lab.NetworkNamespace;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * HTTP clients that ask as fast as they get answers, a fixed number of requests or until they are stopped.
 */
public final class HttpLoad implements AutoCloseable
{
    private final InetSocketAddress target;
    private final int requestsPerConnection;
    private final AtomicLong remaining;
    private final Tally tally = new Tally();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isStopped;

    private HttpLoad(final InetSocketAddress target, final int requestsPerConnection, final long requests)
    {
        this.target = target;
        this.requestsPerConnection = requestsPerConnection;
        this.remaining = new AtomicLong(requests);
    }

    /**
     * @param client                host of the clients.
     * @param target                to ask.
     * @param clients               how many ask at the same time.
     * @param requestsPerConnection 1 for short connections.
     * @param requests              how many altogether; {@code Long.MAX_VALUE} to go on until stopped.
     * @return the started load.
     */
    public static HttpLoad start(
        final NetworkNamespace client,
        final InetSocketAddress target,
        final int clients,
        final int requestsPerConnection,
        final long requests)
    {
        final HttpLoad load = new HttpLoad(target, requestsPerConnection, requests);
        for (int i = 0; i < clients; i++)
        {
            load.threads.add(client.start("http-client-" + i, load::run));
        }
        return load;
    }

    /** @return what the clients have seen so far. */
    public Tally tally()
    {
        return tally;
    }

    /** Waits until all requests are done. @return what the clients saw. */
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

    /** Lets every client finish the connection it has and stop. @return what the clients saw. */
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
        while (!isStopped)
        {
            final long budget = remaining.getAndAdd(-requestsPerConnection);
            if (budget <= 0)
            {
                return;
            }
            runConnection((int)Math.min(budget, requestsPerConnection));
        }
    }

    private void runConnection(final int requests)
    {
        int done = 0;
        try (HttpConnection connection = new HttpConnection(target))
        {
            while (done < requests)
            {
                final boolean isLast = done + 1 == requests || isStopped;
                connection.get("/", isLast, null);
                if (done == 0)
                {
                    tally.onConnection(connection.server());
                }
                tally.onAnswer(connection.server());
                done++;
                if (isLast)
                {
                    return;
                }
            }
        }
        catch (final IOException e)
        {
            tally.onFailure("request " + (done + 1) + " of a connection to " + target + ": " + e);
        }
    }
}
