package org.headrace.agent.control;

import org.headrace.agent.publish.ConnectionsPage;
import org.headrace.agent.publish.PageListener;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.Endpoint;
import tools.jackson.databind.node.ArrayNode;

import java.util.Locale;
import java.util.function.Consumer;

/** Answers a request for connections when its page has come. */
final class ConnectionsReply implements PageListener
{
    private final Consumer<ControlReply> reply;

    ConnectionsReply(final Consumer<ControlReply> reply)
    {
        this.reply = reply;
    }

    @Override
    public void onPage(final ConnectionsPage page)
    {
        final ControlReply answer = ControlReply.ok();
        final ArrayNode array = answer.json().putArray("connections");
        page.connections().forEach(connection -> add(array, connection));
        answer.json().put("matched", page.matched());
        answer.json().put("nextCursor", page.nextCursor());
        reply.accept(answer);
    }

    @Override
    public void onNoPage(final String reason)
    {
        reply.accept(ControlReply.failed(reason));
    }

    private static void add(final ArrayNode array, final ConnectionSnapshot connection)
    {
        array.addObject()
            .put("protocol", connection.transport().name().toLowerCase(Locale.ROOT))
            .put("client", connection.client().toString())
            .put("virtual", connection.virtual().toString())
            .put("local", connection.local().equals(Endpoint.NONE) ? null : connection.local().toString())
            .put("server", connection.server().toString())
            .put("state", connection.state().name())
            .put("idleSeconds", connection.idleMs() / 1_000)
            .put("expiresSeconds", connection.expiresMs() / 1_000)
            .put("inPackets", connection.inPackets())
            .put("outPackets", connection.outPackets())
            .put("inBytes", connection.inBytes())
            .put("outBytes", connection.outBytes())
            .put("worker", connection.worker());
    }
}
