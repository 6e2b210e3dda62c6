package org.headrace.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.agrona.CloseHelper;
import org.headrace.agent.control.ControlRequest;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One connection to the agent's control socket: requests go out, answers come back in order, within a time limit. */
final class AgentConnection implements AutoCloseable
{
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int MAX_REPLY_LENGTH = 64 * 1024 * 1024;

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteBuffer buffer = ByteBuffer.allocate(65_536);

    AgentConnection(final Path socket) throws IOException
    {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        selector = Selector.open();
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** Sends a request; with at most one other unanswered there is always room for it. */
    void send(final ControlRequest request) throws IOException
    {
        final ByteBuffer bytes = ByteBuffer.wrap((JSON.writeValueAsString(request) + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining())
        {
            channel.write(bytes);
        }
    }

    /** Waits for the answer to the one request that has none yet; returns its line of JSON. */
    byte[] receive() throws IOException
    {
        line.reset();
        final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        while (line.size() < MAX_REPLY_LENGTH)
        {
            final long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0)
            {
                throw new IOException("no answer in time");
            }
            selector.select(_ -> {}, Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNs)));
            final int count = channel.read(buffer.clear());
            if (count < 0)
            {
                throw new IOException("the agent closed the connection");
            }
            line.write(buffer.array(), 0, count);
            if (count > 0 && buffer.get(count - 1) == '\n')
            {
                return line.toByteArray();
            }
        }
        throw new IOException("the answer is too long");
    }

    @Override
    public void close()
    {
        CloseHelper.quietCloseAll(channel, selector);
    }
}
