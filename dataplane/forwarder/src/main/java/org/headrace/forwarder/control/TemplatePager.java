package org.headrace.forwarder.control;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.headrace.forwarder.affinity.PersistenceTable;
import org.headrace.forwarder.affinity.Template;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.TemplateFilter;
import org.headrace.protocol.TemplateSnapshot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * Reads templates page by page, in slices of bounded work. The cursor is a place in the table, so a template that is
 * there all the time is listed exactly once. Used by the conductor's thread only.
 */
final class TemplatePager
{
    /** Places that one call of {@link #doWork} looks at, at most. */
    static final int SLICE = 4_096;
    /** Pages that may wait. */
    static final int PENDING_LIMIT = 64;
    /** Places that one page looks at, at most. */
    private static final int PAGE_SCAN_LIMIT = 1 << 18;

    /** A page on its way: where it stands. */
    private static final class Page
    {
        private final long correlationId;
        private final int pageSize;
        private final TemplateFilter filter;
        private int index;
        private int scanned;
        private int sent;

        Page(final long correlationId, final int index, final int pageSize, final TemplateFilter filter)
        {
            this.correlationId = correlationId;
            this.index = index;
            this.pageSize = pageSize;
            this.filter = filter;
        }
    }

    private final PersistenceTable table;
    private final TemplateDirectory directory;
    private final ControlResponseProxy responses;
    private final NanoClock clock;
    private final EpochClock epochClock;
    private final Template template = new Template();
    private final Deque<Page> pending = new ArrayDeque<>();

    TemplatePager(
        final PersistenceTable table,
        final TemplateDirectory directory,
        final ControlResponseProxy responses,
        final NanoClock clock,
        final EpochClock epochClock)
    {
        this.table = table;
        this.directory = directory;
        this.responses = responses;
        this.clock = clock;
        this.epochClock = epochClock;
    }

    /**
     * Takes a request for a page, to be served by {@link #doWork}.
     *
     * @param correlationId for the responses.
     * @param cursor        0 for the first page, else what the last page gave.
     * @param pageSize      1 to {@link ControlChannel#MAX_PAGE_SIZE}.
     * @param filter        which templates.
     * @return false if too many are waiting.
     */
    boolean offer(final long correlationId, final long cursor, final int pageSize, final TemplateFilter filter)
    {
        return pending.size() < PENDING_LIMIT && pending.add(new Page(correlationId,
            Math.clamp(cursor, 0, table.capacity()), Math.clamp(pageSize, 1, ControlChannel.MAX_PAGE_SIZE), filter));
    }

    /** Forgets all pages: nobody waits for them any more. */
    void clear()
    {
        pending.clear();
    }

    /** @return 0 if there was nothing to do or nothing could be done. */
    int doWork()
    {
        final Page page = pending.peekFirst();
        if (page == null)
        {
            return 0;
        }
        final int before = page.index;
        final boolean isHeldUp = !scan(page);
        final boolean isEnd = page.index == table.capacity();
        final boolean isFull = page.sent == page.pageSize || page.scanned >= PAGE_SCAN_LIMIT;
        if (!isHeldUp && (isEnd || isFull) &&
            responses.templates(page.correlationId, isEnd ? 0 : page.index, page.sent))
        {
            pending.removeFirst();
            return 1;
        }
        return page.index - before;
    }

    /** Goes on for one slice; returns false if a template found no room, at which it then stands. */
    private boolean scan(final Page page)
    {
        final long nowMs = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
        final long offsetMs = epochClock.time() - nowMs;
        final int end = Math.min(page.index + SLICE, table.capacity());
        while (page.index < end && page.sent < page.pageSize)
        {
            if (table.read(page.index, template) && template.expiresMs() > nowMs)
            {
                final TemplateSnapshot snapshot = directory.describe(template, offsetMs);
                if (snapshot != null && page.filter.accepts(snapshot))
                {
                    if (!responses.template(page.correlationId, snapshot))
                    {
                        return false;
                    }
                    page.sent++;
                }
            }
            page.index++;
            page.scanned++;
        }
        return true;
    }
}
