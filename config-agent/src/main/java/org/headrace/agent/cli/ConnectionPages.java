package org.headrace.agent.cli;

import org.headrace.agent.control.ControlRequest;
import org.headrace.protocol.ControlChannel;

import java.io.IOException;

/**
 * Fetches connections page by page. The next page is on its way while the caller works on the last one; and since a
 * page's place is all in its cursor, an agent that has hung up, because the output was not read for a minute, is simply
 * asked again.
 */
final class ConnectionPages implements AutoCloseable
{
    private final AgentClient agent;
    private final ControlRequest.Filter filter;
    private final boolean isCount;
    private long wanted;
    private ControlRequest request;
    private AgentConnection connection;

    /**
     * Asks for the first page.
     *
     * @param agent  to ask.
     * @param filter which connections.
     * @param wanted connections at most, 0 to count all only.
     */
    ConnectionPages(final AgentClient agent, final ControlRequest.Filter filter, final long wanted)
    {
        this.agent = agent;
        this.filter = filter;
        this.isCount = wanted == 0;
        this.wanted = wanted;
        ask(0);
    }

    /** Returns false after the last page. */
    boolean hasNext()
    {
        return request != null;
    }

    /** Waits for the next page, and asks for the one after it. */
    ConnectionPage next()
    {
        final ConnectionPage page = receive();
        if (page.error() != null)
        {
            throw CommandException.failed(page.error());
        }
        wanted -= page.size();
        request = null;
        if (page.nextCursor() != 0 && (isCount || wanted > 0))
        {
            ask(page.nextCursor());
        }
        return page;
    }

    @Override
    public void close()
    {
        if (connection != null)
        {
            connection.close();
        }
    }

    private void ask(final long cursor)
    {
        request = ControlRequest.connections(filter, cursor, (int)Math.min(wanted, ControlChannel.MAX_PAGE_SIZE));
        try
        {
            send();
        }
        catch (final IOException _)
        {
            // Found out, and mended, when the answer is waited for.
            close();
        }
    }

    private ConnectionPage receive()
    {
        try
        {
            return connection == null ? resend() : ConnectionPage.read(connection.receive());
        }
        catch (final IOException _)
        {
            return resend();
        }
    }

    private ConnectionPage resend()
    {
        close();
        connection = null;
        try
        {
            send();
            return ConnectionPage.read(connection.receive());
        }
        catch (final IOException _)
        {
            throw agent.noAgent();
        }
    }

    private void send() throws IOException
    {
        if (connection == null)
        {
            connection = agent.connect();
        }
        connection.send(request);
    }
}
