package org.headrace.perf.generate.latency;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * HTTP/1.1 requests over a number of connections that are kept alive, one request at a time on each; the connection
 * that has been idle for the longest is next. One that fails is opened again at once.
 */
public final class HttpExchange implements Exchange
{
    private final Selector selector;
    private final long timeoutNs;
    private final List<HttpChannel> channels = new ArrayList<>();
    private final Deque<HttpChannel> idle = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final Consumer<SelectionKey> handler = this::onReady;
    private ResponseListener listener;
    private int received;
    private int sweep;

    /**
     * Opens the connections in the namespace of the calling thread, and waits until all of them stand.
     *
     * @param target      to ask.
     * @param path        of the page, from its slash on.
     * @param connections how many.
     * @param timeoutNs   after which a request without a whole answer has failed.
     */
    public HttpExchange(
        final InetSocketAddress target, final String path, final int connections, final long timeoutNs)
    {
        this.timeoutNs = timeoutNs;
        try
        {
            selector = Selector.open();
            final byte[] request = ("GET " + path + " HTTP/1.1\r\nHost: load\r\n\r\n").getBytes(ISO_8859_1);
            for (int i = 0; i < connections; i++)
            {
                final HttpChannel channel = new HttpChannel(selector, target, request);
                channels.add(channel);
                channel.connectAndWait((int)(timeoutNs / 1_000_000));
                idle.add(channel);
            }
        }
        catch (final IOException e)
        {
            channels.forEach(HttpChannel::close);
            throw new UncheckedIOException("target=" + target + ", connection " + channels.size() + " of " +
                connections + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean request(final long dueNs)
    {
        final HttpChannel channel = idle.poll();
        if (channel == null)
        {
            return false;
        }
        channel.request(dueNs);
        return true;
    }

    @Override
    public int poll(final long nowNs, final ResponseListener responses)
    {
        listener = responses;
        received = 0;
        try
        {
            selector.selectNow(handler);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
        // One connection in each cycle: all of them in less than the timeout, and nothing worth measuring.
        sweep = sweep + 1 == channels.size() ? 0 : sweep + 1;
        final HttpChannel channel = channels.get(sweep);
        if (channel.isBusy() && nowNs - channel.dueNs() > timeoutNs)
        {
            responses.onUnanswered(channel.dueNs());
            reopen(channel);
        }
        return received;
    }

    private void onReady(final SelectionKey key)
    {
        final HttpChannel channel = (HttpChannel)key.attachment();
        try
        {
            final boolean wasBusy = channel.isBusy();
            if (channel.onReady(buffer))
            {
                if (wasBusy)
                {
                    received++;
                    listener.onResponse(channel.dueNs());
                    channel.onAnswered();
                }
                idle.add(channel);
            }
        }
        catch (final IOException e)
        {
            if (channel.isBusy())
            {
                received++;
                listener.onFailure(channel.dueNs(), String.valueOf(e.getMessage()));
            }
            reopen(channel);
        }
    }

    private void reopen(final HttpChannel channel)
    {
        idle.remove(channel);
        channel.reconnect();
    }

    @Override
    public void abandon(final ResponseListener responses)
    {
        for (final HttpChannel channel : channels)
        {
            if (channel.isBusy())
            {
                responses.onUnanswered(channel.dueNs());
                channel.onAnswered();
            }
        }
    }

    @Override
    public void close()
    {
        channels.forEach(HttpChannel::close);
        try
        {
            selector.close();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }
}
