package org.headrace.agent.cli;

import org.headrace.agent.control.ControlRequest;
import org.headrace.agent.control.ControlSocketAgent;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;

/** Asks a running agent, with a time limit. */
final class AgentClient
{
    private static final JsonMapper JSON = JsonMapper.builder().build();

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
            throw noAgent();
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
        try (AgentConnection connection = connect())
        {
            connection.send(request);
            return JSON.readValue(connection.receive(), ObjectNode.class);
        }
        catch (final IOException | JacksonException _)
        {
            return null;
        }
    }

    AgentConnection connect() throws IOException
    {
        return new AgentConnection(socket);
    }

    CommandException noAgent()
    {
        return CommandException.failed("no agent answers at socket=" + socket);
    }
}
