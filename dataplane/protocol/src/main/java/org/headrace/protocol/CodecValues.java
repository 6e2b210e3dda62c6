package org.headrace.protocol;

import org.headrace.protocol.codec.AccessMode;
import org.headrace.protocol.codec.AddressDecoder;
import org.headrace.protocol.codec.AddressEncoder;
import org.headrace.protocol.codec.EndpointDecoder;
import org.headrace.protocol.codec.EndpointEncoder;
import org.headrace.protocol.codec.ForwardingMethod;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Scheduler;
import org.headrace.protocol.codec.ServerState;
import org.headrace.protocol.codec.StateTimeoutsDecoder;
import org.headrace.protocol.codec.StateTimeoutsEncoder;
import org.headrace.protocol.codec.Transport;

/**
 * Values of the codecs as the rest of the code has them. The generated {@code get} methods throw at an unknown number;
 * these give null, because a hostile message is no exceptional case.
 */
final class CodecValues
{
    private CodecValues()
    {
    }

    static StateTimeouts timeouts(final long establishedMs, final StateTimeoutsDecoder decoder)
    {
        return StateTimeouts.DEFAULT
            .with(TimedState.ESTABLISHED, establishedMs)
            .with(TimedState.SYN_SENT, decoder.synSentMs())
            .with(TimedState.SYN_RECV, decoder.synRecvMs())
            .with(TimedState.FIN_WAIT, decoder.finWaitMs())
            .with(TimedState.TIME_WAIT, decoder.timeWaitMs())
            .with(TimedState.CLOSE, decoder.closeMs())
            .with(TimedState.CLOSE_WAIT, decoder.closeWaitMs())
            .with(TimedState.LAST_ACK, decoder.lastAckMs());
    }

    /** All but ESTABLISHED. */
    static void put(final StateTimeoutsEncoder encoder, final StateTimeouts timeouts)
    {
        encoder
            .synSentMs(timeouts.ms(TimedState.SYN_SENT))
            .synRecvMs(timeouts.ms(TimedState.SYN_RECV))
            .finWaitMs(timeouts.ms(TimedState.FIN_WAIT))
            .timeWaitMs(timeouts.ms(TimedState.TIME_WAIT))
            .closeMs(timeouts.ms(TimedState.CLOSE))
            .closeWaitMs(timeouts.ms(TimedState.CLOSE_WAIT))
            .lastAckMs(timeouts.ms(TimedState.LAST_ACK));
    }

    static Transport transport(final short raw)
    {
        return raw == Transport.TCP.value() ? Transport.TCP : raw == Transport.UDP.value() ? Transport.UDP : null;
    }

    static AccessMode accessMode(final short raw)
    {
        return raw == AccessMode.ALLOW.value() ? AccessMode.ALLOW :
            raw == AccessMode.DENY.value() ? AccessMode.DENY : null;
    }

    static Scheduler scheduler(final short raw)
    {
        for (final Scheduler scheduler : Scheduler.values())
        {
            if (scheduler.value() == raw && scheduler != Scheduler.NULL_VAL)
            {
                return scheduler;
            }
        }
        return null;
    }

    static ForwardingMethod forwarding(final short raw)
    {
        for (final ForwardingMethod forwarding : ForwardingMethod.values())
        {
            if (forwarding.value() == raw && forwarding != ForwardingMethod.NULL_VAL)
            {
                return forwarding;
            }
        }
        return null;
    }

    static ServerState serverState(final short raw)
    {
        for (final ServerState state : ServerState.values())
        {
            if (state.value() == raw && state != ServerState.NULL_VAL)
            {
                return state;
            }
        }
        return null;
    }

    static ResultCode resultCode(final short raw)
    {
        for (final ResultCode code : ResultCode.values())
        {
            if (code.value() == raw && code != ResultCode.NULL_VAL)
            {
                return code;
            }
        }
        return null;
    }

    /** Returns null if the values are out of range. */
    static Persistence persistence(final long timeoutMs, final short prefixLength, final short expireQuiescent)
    {
        final boolean isTime = timeoutMs == 0 ||
            timeoutMs >= Persistence.MIN_TIMEOUT_MS && timeoutMs <= Persistence.MAX_TIMEOUT_MS;
        final boolean isPrefix = prefixLength >= 1 && prefixLength <= IpAddress.MAX_PREFIX;
        return isTime && isPrefix && expireQuiescent <= 1 ?
            new Persistence((int)timeoutMs, prefixLength, expireQuiescent == 1) : null;
    }

    /** Returns null if the values are out of range; a client with bits behind its prefix is masked. */
    static TemplateSnapshot template(
        final Transport transport,
        final Endpoint virtual,
        final IpAddress client,
        final short prefixLength,
        final Endpoint server,
        final long expiresMs)
    {
        final boolean isPrefix = prefixLength >= 1 && prefixLength <= IpAddress.MAX_PREFIX;
        return transport == null || !isPrefix || expiresMs < 0 ? null : new TemplateSnapshot(
            new ServiceKey(transport, virtual), client.masked(prefixLength), prefixLength, server, expiresMs);
    }

    static Endpoint endpoint(final EndpointDecoder decoder)
    {
        return new Endpoint(new IpAddress(decoder.high(), decoder.low()), decoder.port());
    }

    static void put(final EndpointEncoder encoder, final Endpoint endpoint)
    {
        encoder.high(endpoint.address().high()).low(endpoint.address().low()).port(endpoint.port());
    }

    static IpAddress address(final AddressDecoder decoder)
    {
        return new IpAddress(decoder.high(), decoder.low());
    }

    static void put(final AddressEncoder encoder, final IpAddress address)
    {
        encoder.high(address.high()).low(address.low());
    }
}
