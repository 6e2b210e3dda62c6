package org.headrace.agent.control;

import org.headrace.agent.publish.ConnectionsPage;
import org.headrace.agent.publish.PageListener;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.codec.Transport;

import java.util.function.Consumer;

/**
 * Answers a request for connections when its page has come. The text is put together by hand, because there may be ten
 * million of them; numbers, addresses and names of states need no escaping.
 */
final class ConnectionsReply implements PageListener
{
    private static final int LENGTH_OF_ONE = 256;

    private final Consumer<String> reply;

    ConnectionsReply(final Consumer<String> reply)
    {
        this.reply = reply;
    }

    @Override
    public void onPage(final ConnectionsPage page)
    {
        final StringBuilder text = new StringBuilder((page.connections().size() + 1) * LENGTH_OF_ONE);
        text.append("{\"ok\":true,\"connections\":[");
        for (int i = 0; i < page.connections().size(); i++)
        {
            text.append(i == 0 ? "" : ",");
            append(text, page.connections().get(i));
        }
        text.append("],\"matched\":").append(page.matched());
        text.append(",\"nextCursor\":").append(page.nextCursor()).append('}');
        reply.accept(text.toString());
    }

    @Override
    public void onNoPage(final String reason)
    {
        reply.accept(ControlReply.failed(reason).toJson());
    }

    private static void append(final StringBuilder text, final ConnectionSnapshot connection)
    {
        text.append("{\"protocol\":\"").append(connection.transport() == Transport.TCP ? "tcp" : "udp");
        text.append("\",\"client\":\"").append(connection.client());
        text.append("\",\"virtual\":\"").append(connection.virtual());
        text.append("\",\"local\":");
        if (connection.local().equals(Endpoint.NONE))
        {
            text.append("null");
        }
        else
        {
            text.append('"').append(connection.local()).append('"');
        }
        text.append(",\"server\":\"").append(connection.server());
        text.append("\",\"state\":\"").append(connection.state().name());
        text.append("\",\"idleSeconds\":").append(connection.idleMs() / 1_000);
        text.append(",\"expiresSeconds\":").append(connection.expiresMs() / 1_000);
        text.append(",\"inPackets\":").append(connection.inPackets());
        text.append(",\"outPackets\":").append(connection.outPackets());
        text.append(",\"inBytes\":").append(connection.inBytes());
        text.append(",\"outBytes\":").append(connection.outBytes());
        text.append(",\"worker\":").append(connection.worker()).append('}');
    }
}
