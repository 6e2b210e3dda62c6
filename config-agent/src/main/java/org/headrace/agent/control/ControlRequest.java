package org.headrace.agent.control;

/**
 * A request to the agent, as one line of JSON.
 *
 * @param request {@code status}, {@code health}, {@code weight}, {@code drain}, {@code undrain}, {@code reload} or
 *                {@code connections}.
 * @param service {@code tcp/10.99.0.1:80} or {@code instance/listener}; for weight, drain, undrain, connections.
 * @param server  {@code 10.2.1.2:8080}; for weight, drain, undrain.
 * @param weight  0 to 65535; for weight.
 * @param client  address, or address and port; for connections.
 * @param cursor  0 or absent for the first page; for connections.
 * @param limit   connections per page; for connections.
 */
public record ControlRequest(
    String request, String service, String server, Integer weight, String client, Long cursor, Integer limit)
{
    /**
     * @param request without arguments.
     * @return the request.
     */
    public static ControlRequest of(final String request)
    {
        return new ControlRequest(request, null, null, null, null, null, null);
    }
}
