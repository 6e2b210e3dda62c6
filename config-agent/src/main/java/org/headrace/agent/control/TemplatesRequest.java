package org.headrace.agent.control;

import org.headrace.agent.config.ServiceConfig;
import org.headrace.agent.publish.TemplatesQuery;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateFilter;

import java.util.function.Function;

/** Reads what a request for templates of session persistence asks for. */
final class TemplatesRequest
{
    private TemplatesRequest()
    {
    }

    /**
     * @param request  of a client.
     * @param services finds a service by its name; throws if there is none.
     * @return the same for the data plane.
     * @throws IllegalArgumentException if something in it is not allowed.
     */
    static TemplatesQuery query(final ControlRequest request, final Function<String, ServiceConfig> services)
    {
        final int limit = request.limit() == null ? ControlChannel.MAX_PAGE_SIZE : request.limit();
        if (limit < 1 || limit > ControlChannel.MAX_PAGE_SIZE)
        {
            throw new IllegalArgumentException("limit=" + limit + " is outside 1.." + ControlChannel.MAX_PAGE_SIZE);
        }
        final long cursor = request.cursor() == null ? 0 : request.cursor();
        return new TemplatesQuery(cursor, limit, filter(request.filter(), services));
    }

    private static TemplateFilter filter(
        final ControlRequest.Filter filter, final Function<String, ServiceConfig> services)
    {
        if (filter == null)
        {
            return TemplateFilter.ANY;
        }
        if (filter.protocol() != null || filter.server() != null || filter.state() != null ||
            filter.minIdleMs() != null || filter.maxIdleMs() != null)
        {
            throw new IllegalArgumentException("filter of persistence has other fields than service and client");
        }
        final ServiceKey service = filter.service() == null ? null : services.apply(filter.service()).key();
        return new TemplateFilter(service == null ? 0 : service.transport().value(),
            service == null ? Endpoint.NONE : service.virtual(),
            filter.client() == null ? IpPrefix.ANY : IpPrefix.parse(filter.client()));
    }
}
