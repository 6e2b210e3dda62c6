package org.headrace.forwarder.control;

import org.headrace.protocol.Endpoint;
import org.headrace.protocol.ServiceKey;

/**
 * A number for a server of a service that stays the same over slots, generations and processes. By it, a template that
 * was made for one server is told apart from one of the next server in the same slot.
 */
final class ServerIdentity
{
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private ServerIdentity()
    {
    }

    static long of(final ServiceKey service, final Endpoint server)
    {
        return mix(mix(service.transport().value(), service.virtual()), server);
    }

    private static long mix(final long number, final Endpoint endpoint)
    {
        return mix(mix(mix(number, endpoint.address().high()), endpoint.address().low()), endpoint.port());
    }

    /** Sebastiano Vigna's finaliser of SplitMix64, over a running number. */
    private static long mix(final long number, final long value)
    {
        long z = (number ^ value) + MULTIPLIER;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
