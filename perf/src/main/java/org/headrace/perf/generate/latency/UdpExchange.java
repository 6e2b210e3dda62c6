package org.headrace.perf.generate.latency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Requests over UDP, one after the other over a number of connected kernel sockets, each with a source port of its own.
 * A request has a number; what comes back has to hold it. A lost datagram is a request that is never answered.
 */
public final class UdpExchange implements Exchange
{
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final int READS_PER_SOCKET = 64;
    /** Requests that may be unanswered at a time, a power of two. */
    private static final int OUTSTANDING = 1 << 19;
    private static final long FREE = Long.MIN_VALUE;

    private final UdpProtocol protocol;
    private final Selector selector = openSelector();
    private final List<DatagramChannel> channels = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(UdpProtocol.MAX_LENGTH);
    private final Consumer<SelectionKey> reader = this::read;
    private final long[] dueNs = new long[OUTSTANDING];
    private final long timeoutNs;
    private ResponseListener listener;
    private long oldest;
    private long next;
    private int received;
    private long strays;

    /**
     * Opens the sockets in the namespace of the calling thread.
     *
     * @param protocol    of the requests.
     * @param target      to ask.
     * @param sources     to ask from, one socket after the other takes the next; empty for the kernel's choice.
     * @param sockets     how many.
     * @param timeoutNs   after which a request without an answer is given up.
     */
    public UdpExchange(
        final UdpProtocol protocol,
        final InetSocketAddress target,
        final List<InetAddress> sources,
        final int sockets,
        final long timeoutNs)
    {
        this.protocol = protocol;
        this.timeoutNs = timeoutNs;
        Arrays.fill(dueNs, FREE);
        try
        {
            for (int i = 0; i < sockets; i++)
            {
                final DatagramChannel channel = DatagramChannel.open();
                channels.add(channel);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
                if (!sources.isEmpty())
                {
                    channel.bind(new InetSocketAddress(sources.get(i % sources.size()), 0));
                }
                channel.connect(target);
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, channel);
            }
        }
        catch (final IOException e)
        {
            close();
            throw new UncheckedIOException("target=" + target + ", socket " + channels.size() + " of " + sockets +
                ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean request(final long due)
    {
        final int slot = (int)next & OUTSTANDING - 1;
        if (next - oldest == OUTSTANDING)
        {
            return false;
        }
        buffer.clear();
        protocol.putRequest(buffer, next);
        try
        {
            if (channels.get((int)(next % channels.size())).write(buffer) == 0)
            {
                return false;
            }
        }
        catch (final IOException ignored)
        {
            // A refusal of an earlier request (ICMP), or no route: this one is lost, which its missing answer tells.
            buffer.clear();
        }
        dueNs[slot] = due;
        next++;
        return true;
    }

    @Override
    public int poll(final long nowNs, final ResponseListener responses)
    {
        listener = responses;
        received = 0;
        while (oldest < next && isOver(nowNs, responses))
        {
            oldest++;
        }
        try
        {
            selector.selectNow(reader);
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
        return received;
    }

    /** True if the oldest request is answered, or if that is no longer waited for. */
    private boolean isOver(final long nowNs, final ResponseListener responses)
    {
        final int slot = (int)oldest & OUTSTANDING - 1;
        if (dueNs[slot] != FREE && nowNs - dueNs[slot] > timeoutNs)
        {
            responses.onUnanswered(dueNs[slot]);
            dueNs[slot] = FREE;
        }
        return dueNs[slot] == FREE;
    }

    private void read(final SelectionKey key)
    {
        final DatagramChannel channel = (DatagramChannel)key.attachment();
        for (int i = 0; i < READS_PER_SOCKET; i++)
        {
            buffer.clear();
            try
            {
                if (channel.read(buffer) <= 0)
                {
                    return;
                }
            }
            catch (final IOException ignored)
            {
                // An ICMP error for some request, which nobody will answer.
                return;
            }
            buffer.flip();
            onDatagram();
        }
    }

    private void onDatagram()
    {
        final long number = protocol.number(buffer, next);
        final int slot = (int)number & OUTSTANDING - 1;
        if (number < oldest || number >= next || dueNs[slot] == FREE)
        {
            strays++;
            return;
        }
        received++;
        final long due = dueNs[slot];
        dueNs[slot] = FREE;
        listener.onResponse(due);
    }

    @Override
    public void abandon(final ResponseListener responses)
    {
        for (; oldest < next; oldest++)
        {
            final int slot = (int)oldest & OUTSTANDING - 1;
            if (dueNs[slot] != FREE)
            {
                responses.onUnanswered(dueNs[slot]);
                dueNs[slot] = FREE;
            }
        }
    }

    /** @return datagrams that answered nothing: doubles, and answers to what was given up. */
    public long strays()
    {
        return strays;
    }

    @Override
    public void close()
    {
        for (final DatagramChannel channel : channels)
        {
            closeQuietly(channel);
        }
        closeQuietly(selector);
    }

    private static Selector openSelector()
    {
        try
        {
            return Selector.open();
        }
        catch (final IOException e)
        {
            throw new UncheckedIOException(e);
        }
    }

    private static void closeQuietly(final AutoCloseable closeable)
    {
        try
        {
            closeable.close();
        }
        catch (final Exception ignored)
        {
            // Nothing was promised to the other end.
            Thread.onSpinWait();
        }
    }
}
