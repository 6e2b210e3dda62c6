package org.headrace.agent.store;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.Persistence;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.codec.Transport;

import java.nio.ByteBuffer;

/**
 * Templates as bytes, big-endian.
 *
 * <pre>
 *   key, 36 bytes                              value, 26 bytes
 *    0 transport 1 | prefix 1 | port 2          0 server address 16
 *    4 virtual address 16                      16 port 2
 *   20 client address 16, masked               18 expiry 8, milliseconds since 1970
 * </pre>
 */
final class TemplateCodec
{
    static final int KEY_LENGTH = 36;
    static final int VALUE_LENGTH = 26;

    private static final int EXPIRY_OFFSET = 18;

    private TemplateCodec()
    {
    }

    static void encodeKey(final TemplateSnapshot template, final byte[] key)
    {
        final Endpoint virtual = template.service().virtual();
        final ByteBuffer buffer = ByteBuffer.wrap(key)
            .put((byte)template.service().transport().value())
            .put((byte)template.prefixLength())
            .putShort((short)virtual.port());
        put(buffer, virtual.address());
        put(buffer, template.client());
    }

    static void encodeValue(final TemplateSnapshot template, final byte[] value)
    {
        final ByteBuffer buffer = ByteBuffer.wrap(value);
        put(buffer, template.server().address());
        buffer.putShort((short)template.server().port()).putLong(template.expiresMs());
    }

    static long expiresMs(final byte[] value)
    {
        return ByteBuffer.wrap(value).getLong(EXPIRY_OFFSET);
    }

    /** Returns null if the bytes are no template that lives at this time: a file may hold anything. */
    static TemplateSnapshot decode(final byte[] key, final byte[] value, final long nowMs)
    {
        if (key.length != KEY_LENGTH || value.length != VALUE_LENGTH)
        {
            return null;
        }
        final ByteBuffer keys = ByteBuffer.wrap(key);
        final byte protocol = keys.get();
        final int prefixLength = keys.get() & 0xFF;
        final Endpoint virtual = endpointAfterPort(keys);
        final IpAddress client = new IpAddress(keys.getLong(), keys.getLong());
        final ByteBuffer values = ByteBuffer.wrap(value);
        final IpAddress server = new IpAddress(values.getLong(), values.getLong());
        final int port = values.getShort() & Endpoint.MAX_PORT;
        final long expiresMs = values.getLong();
        final Transport transport = protocol == Transport.TCP.value() ? Transport.TCP :
            protocol == Transport.UDP.value() ? Transport.UDP : null;
        final boolean isLive = expiresMs > nowMs && expiresMs <= nowMs + 2L * Persistence.MAX_TIMEOUT_MS;
        return transport == null || prefixLength < 1 || prefixLength > IpAddress.MAX_PREFIX || !isLive ? null :
            new TemplateSnapshot(new ServiceKey(transport, virtual), client, prefixLength,
                new Endpoint(server, port), expiresMs);
    }

    private static Endpoint endpointAfterPort(final ByteBuffer buffer)
    {
        final int port = buffer.getShort() & Endpoint.MAX_PORT;
        return new Endpoint(new IpAddress(buffer.getLong(), buffer.getLong()), port);
    }

    private static void put(final ByteBuffer buffer, final IpAddress address)
    {
        buffer.putLong(address.high()).putLong(address.low());
    }
}
