package org.headrace.agent.store;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateSnapshot;

/** Templates for tests: what belongs to a client follows from its number. */
final class Templates
{
    static final ServiceKey WEB = ServiceKey.parse("tcp/10.99.0.1:80");

    private Templates()
    {
    }

    static TemplateSnapshot template(final int client, final long expiresMs)
    {
        return new TemplateSnapshot(WEB, IpAddress.ofIpv4(0x0A00_0000 + client), 128,
            new Endpoint(IpAddress.ofIpv4(0x0B00_0000 + client), 8_080), expiresMs);
    }
}
