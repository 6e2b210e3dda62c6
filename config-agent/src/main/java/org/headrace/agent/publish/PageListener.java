package org.headrace.agent.publish;

import org.headrace.protocol.ConnectionSnapshot;

import java.util.List;

/** Receives one page of connections, or the reason why there is none. */
@FunctionalInterface
public interface PageListener
{
    /**
     * @param problem     null, or why there is no page.
     * @param connections of the page.
     * @param nextCursor  0 when there is no more.
     */
    void onPage(String problem, List<ConnectionSnapshot> connections, long nextCursor);
}
