package org.headrace.agent.publish;

import org.headrace.agent.netlink.Adjacency;
import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Small changes on their way to the data plane. Of several changes of one thing only the newest waits, so that a
 * flapping server cannot fill the memory; what was sent waits for its answer, for a limited time.
 */
final class DeltaQueue
{
    private static final long REPLY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
    /** Pages wait for each other, and for everything else. */
    private static final long PAGE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    /** What a change is about; a newer one about the same replaces it. */
    private record Subject(String kind, Object service, Object what)
    {
    }

    /** Sends itself; returns whether it was taken. */
    @FunctionalInterface
    private interface Message
    {
        boolean send(ControlRequestProxy proxy, long correlationId);
    }

    /** One message that has not been sent, or not been answered. */
    private static final class Delta
    {
        private final Message message;
        private final ReplyListener reply;
        private final PageListener page;
        private final boolean isAnswered;
        private final List<ConnectionSnapshot> connections = new ArrayList<>();
        private long deadlineNs;

        Delta(
            final Message message, final ReplyListener reply, final PageListener page, final boolean isAnswered)
        {
            this.message = message;
            this.reply = reply;
            this.page = page;
            this.isAnswered = isAnswered;
        }

        long timeoutNs()
        {
            return page != null ? PAGE_TIMEOUT_NS : REPLY_TIMEOUT_NS;
        }

        void fail(final String reason)
        {
            if (page != null)
            {
                page.onNoPage(reason);
            }
            else
            {
                reply.onReply(ResultCode.INTERNAL_ERROR, reason);
            }
        }
    }

    private final LongSupplier correlationIds;
    private final Map<Subject, Delta> changes = new LinkedHashMap<>();
    private final ArrayDeque<Delta> requests = new ArrayDeque<>();
    private final Map<Long, Delta> unanswered = new HashMap<>();
    private boolean hasExpired;

    DeltaQueue(final LongSupplier correlationIds)
    {
        this.correlationIds = correlationIds;
    }

    void weight(final ServiceKey service, final Endpoint server, final int weight, final ReplyListener reply)
    {
        requests.add(new Delta((proxy, id) -> proxy.serverWeight(id, service, server, weight), reply, null, true));
    }

    void state(final ServiceKey service, final Endpoint server, final ServerState state)
    {
        change(new Subject("state", service, server),
            new Delta((proxy, id) -> proxy.serverState(id, service, server, state), ReplyListener.NONE, null, true));
    }

    void adjacency(final Adjacency a)
    {
        change(new Subject("adjacency", null, a.server()), new Delta((proxy, id) ->
            proxy.adjacencyEntry(0, a.server(), a.interfaceIndex(), a.destinationMac(), a.mtuBytes()),
            ReplyListener.NONE, null, false));
    }

    void localAddress(final IpAddress address, final boolean isPresent)
    {
        change(new Subject("address", null, address), new Delta(
            (proxy, id) -> proxy.localAddressEntry(0, address, isPresent), ReplyListener.NONE, null, false));
    }

    void connections(final ConnectionsQuery query, final PageListener page)
    {
        requests.add(new Delta((proxy, id) -> proxy.connections(
            id, query.cursor(), query.pageSize(), query.filter()), ReplyListener.NONE, page, true));
    }

    /** Drops changes that the next generation holds anyhow. */
    void clearChanges()
    {
        changes.clear();
    }

    /** Sends until the limit or back pressure; returns how many were taken. */
    int send(final ControlRequestProxy proxy, final long nowNs, final int limit)
    {
        int sent = 0;
        while (sent < limit && !requests.isEmpty() && send(requests.peek(), proxy, nowNs))
        {
            requests.remove();
            sent++;
        }
        final Iterator<Delta> iterator = changes.values().iterator();
        while (sent < limit && iterator.hasNext() && send(iterator.next(), proxy, nowNs))
        {
            iterator.remove();
            sent++;
        }
        return sent;
    }

    /** Returns true if the answer shows that both sides do not agree. */
    boolean onReply(final long correlationId, final ResultCode code, final String text)
    {
        final Delta delta = unanswered.get(correlationId);
        if (delta == null)
        {
            return false;
        }
        unanswered.remove(correlationId);
        if (delta.page != null)
        {
            delta.page.onNoPage(code + ": " + text);
            return false;
        }
        delta.reply.onReply(code, text);
        return code != ResultCode.OK;
    }

    void onConnection(final long correlationId, final ConnectionSnapshot connection)
    {
        final Delta delta = unanswered.get(correlationId);
        if (delta != null && delta.page != null)
        {
            delta.connections.add(connection);
        }
    }

    void onPageEnd(final long correlationId, final long nextCursor, final int count, final long matched)
    {
        final Delta delta = unanswered.get(correlationId);
        if (delta == null || delta.page == null)
        {
            return;
        }
        unanswered.remove(correlationId);
        if (delta.connections.size() == count)
        {
            delta.page.onPage(new ConnectionsPage(delta.connections, matched, nextCursor));
        }
        else
        {
            delta.page.onNoPage("connections=" + delta.connections.size() + " != count=" + count);
        }
    }

    void expire(final long nowNs)
    {
        if (unanswered.isEmpty())
        {
            return;
        }
        final List<Delta> late = new ArrayList<>();
        unanswered.values().removeIf(delta -> nowNs - delta.deadlineNs >= 0 && late.add(delta));
        for (final Delta delta : late)
        {
            hasExpired |= delta.page == null;
            delta.fail("no answer from the data plane within " +
                TimeUnit.NANOSECONDS.toSeconds(delta.timeoutNs()) + " s");
        }
    }

    /** Returns whether a change went unanswered since the last call. */
    boolean takeHasExpired()
    {
        final boolean result = hasExpired;
        hasExpired = false;
        return result;
    }

    void failAll(final String reason)
    {
        final List<Delta> all = new ArrayList<>(requests);
        all.addAll(changes.values());
        all.addAll(unanswered.values());
        requests.clear();
        changes.clear();
        unanswered.clear();
        all.forEach(delta -> delta.fail(reason));
    }

    private void change(final Subject subject, final Delta delta)
    {
        // Removed first, so that the newest change stands at the end of the queue.
        changes.remove(subject);
        changes.put(subject, delta);
    }

    private boolean send(final Delta delta, final ControlRequestProxy proxy, final long nowNs)
    {
        final long correlationId = correlationIds.getAsLong();
        if (!delta.message.send(proxy, correlationId))
        {
            return false;
        }
        if (delta.isAnswered)
        {
            delta.deadlineNs = nowNs + delta.timeoutNs();
            unanswered.put(correlationId, delta);
        }
        return true;
    }
}
