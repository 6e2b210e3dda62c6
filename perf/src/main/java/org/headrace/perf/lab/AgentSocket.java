package org.headrace.perf.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A client of an agent's control socket, without the start of a process for each request. For one thread. */
public final class AgentSocket implements AutoCloseable
{
    private static final int BUFFER_LENGTH = 1 << 16;
    private static final JsonMapper JSON = new JsonMapper();

    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_LENGTH);

    /** @param directory of the data plane. */
    public AgentSocket(final Path directory)
    {
        try
        {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("agent.sock")));
        }
        catch (final IOException e)
        {
            throw new LabException("no agent in " + directory, e);
        }
    }

    /** @param request one line of JSON, without its end. @return the answer. */
    public JsonNode ask(final String request)
    {
        send(request);
        return JSON.readTree(receive());
    }

    /** @param request one line of JSON, without its end, to be answered later. */
    public void send(final String request)
    {
        try
        {
            final ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(UTF_8));
            while (bytes.hasRemaining())
            {
                channel.write(bytes);
            }
        }
        catch (final IOException e)
        {
            throw new LabException("the agent did not take a request", e);
        }
    }

    /** @return the next answer, as text. */
    public String receive()
    {
        final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try
        {
            do
            {
                buffer.clear();
                if (channel.read(buffer) < 0)
                {
                    throw new LabException("the agent closed the connection");
                }
                answer.write(buffer.array(), 0, buffer.position());
            }
            while (buffer.get(buffer.position() - 1) != '\n');
        }
        catch (final IOException e)
        {
            throw new LabException("no answer from the agent", e);
        }
        return answer.toString(UTF_8);
    }

    @Override
    public void close()
    {
        try
        {
            channel.close();
        }
        catch (final IOException e)
        {
            throw new LabException("cannot close the agent's socket", e);
        }
    }
}
