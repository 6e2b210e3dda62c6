package org.headrace.perf.generate.latency;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection of {@link HttpExchange}: idle, or busy with one request. */
final class HttpChannel
{
    private final Selector selector;
    private final InetSocketAddress target;
    private final ByteBuffer request;
    private final HttpResponseParser parser = new HttpResponseParser();
    private SocketChannel channel;
    private SelectionKey key;
    private long dueNs;
    private boolean isBusy;

    HttpChannel(final Selector selector, final InetSocketAddress target, final byte[] request)
    {
        this.selector = selector;
        this.target = target;
        this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
    }

    void connectAndWait(final int timeoutMs) throws IOException
    {
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.socket().connect(target, timeoutMs);
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Closes what there is and connects anew; it becomes idle by {@link #onReady}. */
    void reconnect()
    {
        close();
        isBusy = false;
        parser.reset();
        try
        {
            channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.connect(target);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException("target=" + target + ": " + e.getMessage(), e);
        }
    }

    void request(final long due)
    {
        dueNs = due;
        isBusy = true;
        request.rewind();
        try
        {
            channel.write(request);
        }
        catch (final IOException ignored)
        {
            // The connection is gone: the next read says so, and fails the request.
            request.rewind();
            return;
        }
        if (request.hasRemaining())
        {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    /** Goes on with what the selector has seen; returns true if the channel has become idle. */
    boolean onReady(final ByteBuffer buffer) throws IOException
    {
        if (key.isConnectable())
        {
            channel.finishConnect();
            key.interestOps(SelectionKey.OP_READ);
            return true;
        }
        if (key.isWritable() && request.hasRemaining())
        {
            channel.write(request);
            if (!request.hasRemaining())
            {
                key.interestOps(SelectionKey.OP_READ);
            }
        }
        return key.isReadable() && read(buffer);
    }

    private boolean read(final ByteBuffer buffer) throws IOException
    {
        buffer.clear();
        if (channel.read(buffer) < 0)
        {
            throw new EOFException(isBusy ? "closed before the end of the answer" : "closed while idle");
        }
        buffer.flip();
        if (buffer.hasRemaining() && !isBusy)
        {
            throw new IOException("bytes that nobody has asked for");
        }
        return parser.onBytes(buffer);
    }

    boolean isBusy()
    {
        return isBusy;
    }

    long dueNs()
    {
        return dueNs;
    }

    void onAnswered()
    {
        isBusy = false;
        parser.reset();
    }

    void close()
    {
        try
        {
            if (channel != null)
            {
                channel.close();
            }
        }
        catch (final IOException ignored)
        {
            // It is not used any more.
            key.cancel();
        }
    }
}
