package org.headrace.protocol;

/**
 * Which templates of session persistence are wanted.
 *
 * @param transport IP protocol number, 0 for any.
 * @param virtual   service, or {@link Endpoint#NONE} for any.
 * @param clients   clients whose masked address lies in this prefix.
 */
public record TemplateFilter(int transport, Endpoint virtual, IpPrefix clients)
{
    /** All of them. */
    public static final TemplateFilter ANY = new TemplateFilter(0, Endpoint.NONE, IpPrefix.ANY);

    /** @param template that may be wanted. @return whether it is. */
    public boolean accepts(final TemplateSnapshot template)
    {
        return (transport == 0 || transport == template.service().transport().value()) &&
            (virtual.equals(Endpoint.NONE) || virtual.equals(template.service().virtual())) &&
            clients.contains(template.client().high(), template.client().low());
    }
}
