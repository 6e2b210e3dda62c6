package org.headrace.agent.control;

import org.headrace.agent.config.ServiceConfig;
import org.headrace.agent.publish.ConnectionsQuery;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.ConnectionState;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.Transport;

import java.util.Locale;
import java.util.function.Function;

/** Reads what a request for connections asks for. */
final class ConnectionsRequest
{
    private static final ControlRequest.Filter ANY =
        new ControlRequest.Filter(null, null, null, null, null, null, null);

    private ConnectionsRequest()
    {
    }

    /**
     * @param request  of a client.
     * @param services finds a service by its name; throws if there is none.
     * @return the same for the data plane.
     * @throws IllegalArgumentException if something in it is not allowed.
     */
    static ConnectionsQuery query(final ControlRequest request, final Function<String, ServiceConfig> services)
    {
        final int limit = request.limit() == null ? ControlChannel.MAX_PAGE_SIZE : request.limit();
        if (limit < 0 || limit > ControlChannel.MAX_PAGE_SIZE)
        {
            throw new IllegalArgumentException("limit=" + limit + " is outside 0.." + ControlChannel.MAX_PAGE_SIZE);
        }
        return new ConnectionsQuery(request.cursor() == null ? 0 : request.cursor(), limit,
            filter(request.filter() == null ? ANY : request.filter(), services));
    }

    private static ConnectionFilter filter(
        final ControlRequest.Filter filter, final Function<String, ServiceConfig> services)
    {
        final ServiceKey service = filter.service() == null ? null : service(filter.service(), services);
        final int transport = transport(filter.protocol(), service);
        final Endpoint client = endpoint(filter.client());
        final boolean isPrefix = filter.client() != null && filter.client().indexOf('/') >= 0;
        final IpPrefix clients = isPrefix ? IpPrefix.parse(filter.client()) :
            filter.client() == null ? IpPrefix.ANY : IpPrefix.of(client.address());
        final long minIdleMs = idleMs(filter.minIdleMs(), 0, "minIdleMs");
        final long maxIdleMs = idleMs(filter.maxIdleMs(), ConnectionFilter.MAX_IDLE_MS, "maxIdleMs");
        if (minIdleMs > maxIdleMs)
        {
            throw new IllegalArgumentException("minIdleMs=" + minIdleMs + " > maxIdleMs=" + maxIdleMs);
        }
        return new ConnectionFilter(transport, service == null ? Endpoint.NONE : service.virtual(), clients,
            client.port(), endpoint(filter.server()), states(filter.state()), minIdleMs, maxIdleMs);
    }

    /** One in force, by name or address; or any other by its address, because connections outlive their service. */
    private static ServiceKey service(final String text, final Function<String, ServiceConfig> services)
    {
        try
        {
            return services.apply(text).key();
        }
        catch (final IllegalArgumentException ex)
        {
            try
            {
                return ServiceKey.parse(text);
            }
            catch (final IllegalArgumentException _)
            {
                throw ex;
            }
        }
    }

    private static int transport(final String protocol, final ServiceKey service)
    {
        if (protocol == null)
        {
            return service == null ? 0 : service.transport().value();
        }
        final Transport transport = switch (protocol.toLowerCase(Locale.ROOT))
        {
            case "tcp" -> Transport.TCP;
            case "udp" -> Transport.UDP;
            default -> throw new IllegalArgumentException("protocol=" + protocol + " is unknown (allowed: tcp, udp)");
        };
        if (service != null && service.transport() != transport)
        {
            throw new IllegalArgumentException("protocol=" + protocol + " contradicts service=" + service);
        }
        return transport.value();
    }

    /** An address without a port gets port 0; a prefix, and nothing at all, the endpoint that stands for any. */
    private static Endpoint endpoint(final String text)
    {
        if (text == null || text.indexOf('/') >= 0)
        {
            return Endpoint.NONE;
        }
        try
        {
            return new Endpoint(IpAddress.parse(text), 0);
        }
        catch (final IllegalArgumentException _)
        {
            return Endpoint.parse(text);
        }
    }

    private static int states(final String names)
    {
        if (names == null)
        {
            return ConnectionFilter.ALL_STATES;
        }
        int states = 0;
        for (final String name : names.split(",", -1))
        {
            states |= 1 << ConnectionState.parse(name).ordinal();
        }
        return states;
    }

    private static long idleMs(final Long value, final long byDefault, final String name)
    {
        if (value != null && (value < 0 || value > ConnectionFilter.MAX_IDLE_MS))
        {
            throw new IllegalArgumentException(
                name + "=" + value + " is outside 0.." + ConnectionFilter.MAX_IDLE_MS);
        }
        return value == null ? byDefault : value;
    }
}
