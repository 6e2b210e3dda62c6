package org.headrace.agent.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.agrona.CloseHelper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One client of the control socket: at most one request at a time, lines of limited length. */
final class ControlClient
{
    /** Longest request. */
    static final int MAX_LINE_LENGTH = 65_536;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ControlSocketListener listener;
    private final ByteBuffer input = ByteBuffer.allocate(8_192);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private ByteBuffer output;
    private boolean isAwaitingReply;
    private boolean isEndOfInput;
    private boolean isClosed;
    private long lastActiveNs;

    ControlClient(
        final SocketChannel channel,
        final Selector selector,
        final ControlSocketListener listener,
        final long nowNs) throws IOException
    {
        this.channel = channel;
        this.listener = listener;
        this.lastActiveNs = nowNs;
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
        input.flip();
    }

    boolean isClosed()
    {
        return isClosed;
    }

    long lastActiveNs()
    {
        return lastActiveNs;
    }

    void onSelected(final long nowNs)
    {
        lastActiveNs = nowNs;
        try
        {
            if (key.isValid() && key.isWritable())
            {
                flush();
            }
            if (key.isValid() && key.isReadable())
            {
                read();
            }
            serve();
        }
        catch (final IOException _)
        {
            close();
        }
    }

    void close()
    {
        isClosed = true;
        CloseHelper.quietClose(channel);
    }

    private void read() throws IOException
    {
        input.compact();
        final int count = channel.read(input);
        input.flip();
        isEndOfInput |= count < 0;
    }

    /** Takes whole lines from what has been read, one at a time: the next only after the answer to the last. */
    private void serve() throws IOException
    {
        while (!isClosed && !isAwaitingReply && output == null && input.hasRemaining())
        {
            final byte next = input.get();
            if (next == '\n')
            {
                final String text = line.toString(UTF_8);
                line.reset();
                isAwaitingReply = true;
                listener.onLine(text, this::reply);
            }
            else if (line.size() == MAX_LINE_LENGTH)
            {
                isEndOfInput = true;
                isAwaitingReply = true;
                reply(ControlReply.failed("length of request > MAX_LINE_LENGTH=" + MAX_LINE_LENGTH).toJson());
                input.position(input.limit());
            }
            else
            {
                line.write(next);
            }
        }
        if (isClosed)
        {
            return;
        }
        if (isEndOfInput && !isAwaitingReply && output == null)
        {
            close();
            return;
        }
        // With a request open or an answer unsent nothing more is read: the socket's own buffer holds the sender up.
        final boolean isReading = !isEndOfInput && !isAwaitingReply && output == null && !input.hasRemaining();
        key.interestOps((isReading ? SelectionKey.OP_READ : 0) | (output != null ? SelectionKey.OP_WRITE : 0));
    }

    private void reply(final String text)
    {
        if (isClosed || !isAwaitingReply)
        {
            return;
        }
        isAwaitingReply = false;
        output = ByteBuffer.wrap((text + "\n").getBytes(UTF_8));
        try
        {
            flush();
            // The reply may come later, when no event of this client is being served.
            key.interestOps(output != null ? SelectionKey.OP_WRITE : isEndOfInput ? 0 : SelectionKey.OP_READ);
            if (output == null && (input.hasRemaining() || isEndOfInput))
            {
                key.interestOps(SelectionKey.OP_WRITE);
            }
        }
        catch (final IOException _)
        {
            close();
        }
    }

    private void flush() throws IOException
    {
        if (output != null)
        {
            channel.write(output);
            if (!output.hasRemaining())
            {
                output = null;
            }
        }
    }
}
