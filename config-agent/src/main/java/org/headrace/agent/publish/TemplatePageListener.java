package org.headrace.agent.publish;

import org.headrace.protocol.TemplateSnapshot;

import java.util.List;

/** Receives one page of templates, or the reason why there is none. */
public interface TemplatePageListener
{
    /**
     * @param templates  of the page; may be few, even none, and still not the last.
     * @param nextCursor of the next page, 0 if there is none.
     */
    void onPage(List<TemplateSnapshot> templates, long nextCursor);

    /** @param reason why there is no page. */
    void onNoPage(String reason);
}
