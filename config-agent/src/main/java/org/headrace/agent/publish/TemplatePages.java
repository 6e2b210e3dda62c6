package org.headrace.agent.publish;

import org.headrace.protocol.ControlRequestProxy;
import org.headrace.protocol.TemplateSnapshot;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Pages of templates that were asked for, until they are there, refused or too late. */
final class TemplatePages
{
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    /** One page that has not been asked for, or has not come. */
    private static final class Page
    {
        private final TemplatesQuery query;
        private final TemplatePageListener listener;
        private final List<TemplateSnapshot> templates = new ArrayList<>();
        private long deadlineNs;

        Page(final TemplatesQuery query, final TemplatePageListener listener)
        {
            this.query = query;
            this.listener = listener;
        }
    }

    private final LongSupplier correlationIds;
    private final ArrayDeque<Page> wanted = new ArrayDeque<>();
    private final Map<Long, Page> unanswered = new HashMap<>();

    TemplatePages(final LongSupplier correlationIds)
    {
        this.correlationIds = correlationIds;
    }

    void ask(final TemplatesQuery query, final TemplatePageListener listener)
    {
        wanted.add(new Page(query, listener));
    }

    int send(final ControlRequestProxy proxy, final long nowNs)
    {
        final Page page = wanted.peek();
        if (page == null)
        {
            return 0;
        }
        final long correlationId = correlationIds.getAsLong();
        if (!proxy.templates(correlationId, page.query.cursor(), page.query.pageSize(), page.query.filter()))
        {
            return 0;
        }
        wanted.remove();
        page.deadlineNs = nowNs + TIMEOUT_NS;
        unanswered.put(correlationId, page);
        return 1;
    }

    void onTemplate(final long correlationId, final TemplateSnapshot template)
    {
        final Page page = unanswered.get(correlationId);
        if (page != null)
        {
            page.templates.add(template);
        }
    }

    void onEnd(final long correlationId, final long nextCursor, final int count)
    {
        final Page page = unanswered.remove(correlationId);
        if (page == null)
        {
            return;
        }
        if (page.templates.size() == count)
        {
            page.listener.onPage(page.templates, nextCursor);
        }
        else
        {
            page.listener.onNoPage("templates=" + page.templates.size() + " != count=" + count);
        }
    }

    /** Returns whether the refusal was about a page. */
    boolean onRefused(final long correlationId, final String reason)
    {
        final Page page = unanswered.remove(correlationId);
        if (page != null)
        {
            page.listener.onNoPage(reason);
        }
        return page != null;
    }

    void expire(final long nowNs)
    {
        if (unanswered.isEmpty())
        {
            return;
        }
        final List<Page> late = new ArrayList<>();
        unanswered.values().removeIf(page -> nowNs - page.deadlineNs >= 0 && late.add(page));
        late.forEach(page -> page.listener.onNoPage("no answer from the data plane within " +
            TimeUnit.NANOSECONDS.toSeconds(TIMEOUT_NS) + " s"));
    }

    void failAll(final String reason)
    {
        final List<Page> all = new ArrayList<>(wanted);
        all.addAll(unanswered.values());
        wanted.clear();
        unanswered.clear();
        all.forEach(page -> page.listener.onNoPage(reason));
    }
}
