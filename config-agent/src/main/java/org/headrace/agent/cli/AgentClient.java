package org.headrace.agent.cli;

import org.headrace.agent.control.ControlRequest;
import org.headrace.agent.control.ControlSocketAgent;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;

/** Asks a running agent, with a time limit. */
final class AgentClient
{
    private final Path socket;

    AgentClient(final Path directory)
    {
        socket = directory.resolve(ControlSocketAgent.FILE_NAME);
    }

    /** Returns the answer; one that is not ok ends the command with the agent's reason. */
    ObjectNode ask(final ControlRequest request)
    {
        return checked(tryAsk(request));
    }

    /** Returns the answer, ok or not, or null if there is no agent. */
    ObjectNode tryAsk(final ControlRequest request)
    {
        try (AgentConnection connection = connect())
        {
            connection.send(request);
            return connection.receive();
        }
        catch (final IOException _)
        {
            return null;
        }
    }

    AgentConnection connect() throws IOException
    {
        return new AgentConnection(socket);
    }

    /** Returns an answer that is ok; null, which is none, and any other end the command with the reason. */
    ObjectNode checked(final ObjectNode reply)
    {
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
}
