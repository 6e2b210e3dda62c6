package org.headrace.perf.load;

import org.headrace.perf.lab.NetworkNamespace;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection like that of somebody who types: a number goes out a hundred times a second and comes back. With the
 * server that sends it back.
 */
public final class EchoLoad implements AutoCloseable
{
    private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int TIMEOUT_MS = 20_000;

    private final ServerSocket listening;
    private final Thread thread;
    private final Tally tally = new Tally();
    private volatile boolean isStopped;

    private EchoLoad(final NetworkNamespace client, final InetSocketAddress target, final ServerSocket listening)
    {
        this.listening = listening;
        thread = client.start("echo-client", () -> run(target));
    }

    /**
     * @param server host that sends back.
     * @param port   on that host.
     * @param client host of the one who types.
     * @param target to connect to.
     * @return the started load.
     */
    public static EchoLoad start(
        final NetworkNamespace server, final int port, final NetworkNamespace client, final InetSocketAddress target)
    {
        final ServerSocket listening = server.call(() -> new ServerSocket(port));
        server.start("echo-server", () -> serve(listening));
        return new EchoLoad(client, target, listening);
    }

    /** @return what came back. */
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
            listening.close();
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private void run(final InetSocketAddress target)
    {
        try (Socket socket = new Socket())
        {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(target, TIMEOUT_MS);
            final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            for (long number = 0; !isStopped; number++)
            {
                out.writeLong(number);
                final long back = in.readLong();
                if (back != number)
                {
                    tally.onFailure("sent " + number + ", came back " + back);
                    return;
                }
                tally.onAnswer("echo");
                LockSupport.parkNanos(PACE_NS);
            }
        }
        catch (final IOException e)
        {
            tally.onFailure("echo: " + e);
        }
    }

    private static void serve(final ServerSocket listening)
    {
        try (Socket socket = listening.accept())
        {
            socket.setTcpNoDelay(true);
            socket.getInputStream().transferTo(socket.getOutputStream());
        }
        catch (final IOException ignored)
        {
            // The client sees it, and is the one who judges.
            Thread.onSpinWait();
        }
    }
}
