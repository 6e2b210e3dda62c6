package org.headrace.agent.control;

/**
 * A request to the agent, as one line of JSON.
 *
 * @param request {@code status}, {@code health}, {@code weight}, {@code drain}, {@code undrain}, {@code reload} or
 *                {@code connections}.
 * @param service {@code tcp/10.99.0.1:80} or {@code instance/listener}; for weight, drain, undrain.
 * @param server  {@code 10.2.1.2:8080}; for weight, drain, undrain.
 * @param weight  0 to 65535; for weight.
 * @param filter  which connections, null for all; for connections.
 * @param cursor  0 or absent for the first page; for connections.
 * @param limit   connections per page, 0 to count them only; for connections.
 */
public record ControlRequest(
    String request, String service, String server, Integer weight, Filter filter, Long cursor, Integer limit)
{
    /**
     * Which connections are wanted; null is any, and all conditions have to hold.
     *
     * @param protocol  {@code tcp} or {@code udp}.
     * @param service   {@code tcp/10.99.0.1:80} or {@code instance/listener}.
     * @param client    address, address and port, or prefix.
     * @param server    address, or address and port.
     * @param state     names of states, separated by commas.
     * @param minIdleMs at least this long without a packet.
     * @param maxIdleMs at most this long without a packet.
     */
    public record Filter(
        String protocol, String service, String client, String server, String state, Long minIdleMs, Long maxIdleMs)
    {
    }

    /**
     * @param request without arguments.
     * @return the request.
     */
    public static ControlRequest of(final String request)
    {
        return new ControlRequest(request, null, null, null, null, null, null);
    }

    /**
     * @param filter which connections.
     * @param cursor 0 for the first page, else what the last page gave.
     * @param limit  connections of the page, 0 to count them only.
     * @return the request for a page.
     */
    public static ControlRequest connections(final Filter filter, final long cursor, final int limit)
    {
        return new ControlRequest("connections", null, null, null, filter, cursor, limit);
    }
}
