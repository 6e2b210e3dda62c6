package org.headrace.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.headrace.agent.control.ControlRequest;
import org.headrace.agent.control.ControlSocketAgent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks a running agent, with a time limit. */
final class AgentClient
{
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int MAX_REPLY_LENGTH = 64 * 1024 * 1024;

    private final Path socket;

    AgentClient(final Path directory)
    {
        socket = directory.resolve(ControlSocketAgent.FILE_NAME);
    }

    /** Returns the answer; one that is not ok ends the command with the agent's reason. */
    ObjectNode ask(final ControlRequest request)
    {
        final ObjectNode reply = tryAsk(request);
        if (reply == null)
        {
            throw CommandException.failed("no agent answers at socket=" + socket);
        }
        if (!reply.path("ok").asBoolean(false))
        {
            throw CommandException.failed(reply.path("error").asString("the agent gave no reason"));
        }
        return reply;
    }

    /** Returns the answer, ok or not, or null if there is no agent. */
    ObjectNode tryAsk(final ControlRequest request)
    {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            Selector selector = Selector.open())
        {
            final ByteBuffer line = ByteBuffer.wrap((JSON.writeValueAsString(request) + "\n").getBytes(UTF_8));
            while (line.hasRemaining())
            {
                channel.write(line);
            }
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            return JSON.readValue(readLine(channel, selector), ObjectNode.class);
        }
        catch (final IOException | JacksonException _)
        {
            return null;
        }
    }

    private static byte[] readLine(final SocketChannel channel, final Selector selector) throws IOException
    {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        final ByteBuffer buffer = ByteBuffer.allocate(65_536);
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
}
