package org.headrace.agent.publish;

/** Receives one page of connections, or the reason why there is none. */
public interface PageListener
{
    /** @param page that was asked for. */
    void onPage(ConnectionsPage page);

    /** @param reason why there is no page. */
    void onNoPage(String reason);
}
