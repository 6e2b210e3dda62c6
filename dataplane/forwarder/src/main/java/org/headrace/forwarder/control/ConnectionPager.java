package org.headrace.forwarder.control;

import org.headrace.conntrack.ConnectionTable;
import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlResponseProxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Reads the workers' connections page by page, without their help, in slices of bounded work: so a request that matches
 * nothing in ten million entries holds nobody up. A page looks at a bounded number of entries; one of a sparse or
 * filtered table may be short, even empty, and still name a next one. Where a page ended is in its cursor and nowhere
 * else, so that a listing can be given up at any time.
 *
 * <p>A connection keeps its place in the table as long as it lives: what is there during the whole listing is listed
 * exactly once.
 */
final class ConnectionPager
{
    /** Entries that one call of {@link #doWork} looks at, at most: some hundred microseconds. */
    static final int SLICE_LIMIT = 4_096;
    /** Connections that one call of {@link #doWork} sends, at most. */
    static final int SEND_LIMIT = 256;
    /** Entries that one page looks at, at most. */
    static final int PAGE_SCAN_LIMIT = 1 << 18;
    /** Pages that may wait. */
    static final int PENDING_LIMIT = 64;

    private static final int WORKER_SHIFT = 32;

    /** A page on its way: where it stands. */
    private static final class Page
    {
        private final long correlationId;
        private final int pageSize;
        private final ConnectionMatcher matcher;
        private int worker;
        private int index;
        private int scanned;
        private int sent;
        private long matched;

        Page(final long correlationId, final int pageSize, final ConnectionMatcher matcher)
        {
            this.correlationId = correlationId;
            this.pageSize = pageSize;
            this.matcher = matcher;
        }

        boolean isFull()
        {
            return scanned >= PAGE_SCAN_LIMIT || pageSize > 0 && sent == pageSize;
        }
    }

    private final List<? extends WorkerLink> workers;
    private final ControlResponseProxy responses;
    private final ConnectionRecordView view;
    private final Deque<Page> pending = new ArrayDeque<>();

    ConnectionPager(
        final List<? extends WorkerLink> workers, final IdleTimeouts timeouts, final ControlResponseProxy responses)
    {
        this.workers = workers;
        this.responses = responses;
        this.view = new ConnectionRecordView(timeouts);
    }

    /**
     * Takes a request for a page, to be served by {@link #doWork}.
     *
     * @param correlationId for the responses.
     * @param cursor        0 for the first page, else what the last page gave.
     * @param pageSize      1 to {@link ControlChannel#MAX_PAGE_SIZE}, or 0 to count only; beyond it is cut to that.
     * @param filter        which connections.
     * @return false if too many are waiting.
     */
    boolean offer(final long correlationId, final long cursor, final int pageSize, final ConnectionFilter filter)
    {
        if (pending.size() >= PENDING_LIMIT)
        {
            return false;
        }
        final Page page = new Page(
            correlationId, Math.clamp(pageSize, 0, ControlChannel.MAX_PAGE_SIZE), new ConnectionMatcher(filter));
        page.worker = Math.clamp(cursor >> WORKER_SHIFT, 0, workers.size());
        page.index = Math.max(0, (int)cursor);
        pending.addLast(page);
        return true;
    }

    /** @return true if a page waits or is on its way. */
    boolean isBusy()
    {
        return !pending.isEmpty();
    }

    /** Forgets all pages. */
    void clear()
    {
        pending.clear();
    }

    /**
     * Works on the oldest page: looks at some entries and sends those that fit, as long as there is room.
     *
     * @return 0 if there was nothing to do or nothing could be done.
     */
    int doWork()
    {
        final Page page = pending.peekFirst();
        if (page == null)
        {
            return 0;
        }
        final long nowMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        final int before = page.scanned;
        final boolean isHeldUp = !scan(page, nowMs);
        final boolean isEnd = page.worker == workers.size();
        if (!isHeldUp && (isEnd || page.isFull()) && responses.connections(page.correlationId,
            isEnd ? 0 : (long)page.worker << WORKER_SHIFT | page.index, page.sent, page.matched))
        {
            pending.removeFirst();
            return 1;
        }
        return page.scanned - before;
    }

    /** Goes on for one slice; returns false if a connection found no room, at which it then stands. */
    private boolean scan(final Page page, final long nowMs)
    {
        final int sliceEnd = page.scanned + SLICE_LIMIT;
        final int sendEnd = page.sent + SEND_LIMIT;
        while (page.worker < workers.size() && page.scanned < sliceEnd && page.sent < sendEnd && !page.isFull())
        {
            final ConnectionTableReader reader = workers.get(page.worker).connections();
            view.reset(reader, page.worker, nowMs);
            final int limit = (int)Math.min((long)page.index + sliceEnd - page.scanned, reader.limit());
            final int found = reader.next(page.index, limit, view.record());
            if (found != ConnectionTable.NOT_FOUND && page.matcher.accepts(view))
            {
                if (page.pageSize > 0)
                {
                    if (!responses.connection(page.correlationId, view))
                    {
                        return false;
                    }
                    page.sent++;
                }
                page.matched++;
            }
            final int reached = found == ConnectionTable.NOT_FOUND ? Math.max(limit, page.index) : found + 1;
            page.scanned += reached - page.index;
            page.index = reached;
            if (found == ConnectionTable.NOT_FOUND && reached >= reader.limit())
            {
                page.worker++;
                page.index = 0;
            }
        }
        return true;
    }
}
