package org.headrace.protocol;

/**
 * One template of session persistence: which server a client has.
 *
 * @param service      that the client uses.
 * @param client       its address, masked.
 * @param prefixLength bits of the address that count, 1 to {@link IpAddress#MAX_PREFIX}; of the common form.
 * @param server       that it has.
 * @param expiresMs    when this is forgotten, milliseconds since 1970.
 */
public record TemplateSnapshot(
    ServiceKey service, IpAddress client, int prefixLength, Endpoint server, long expiresMs)
{
}
