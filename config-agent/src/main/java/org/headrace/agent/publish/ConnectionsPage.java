package org.headrace.agent.publish;

import org.headrace.protocol.ConnectionSnapshot;

import java.util.List;

/**
 * One page of connections. It may be short, even empty, and still not be the last.
 *
 * @param connections of the page; none if they were only counted.
 * @param matched     connections that were found for the page.
 * @param nextCursor  of the next page, 0 if there is none.
 */
public record ConnectionsPage(List<ConnectionSnapshot> connections, long matched, long nextCursor)
{
}
