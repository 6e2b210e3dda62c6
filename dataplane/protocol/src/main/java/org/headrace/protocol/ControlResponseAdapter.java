package org.headrace.protocol;

import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.headrace.protocol.codec.ConnectionEventDecoder;
import org.headrace.protocol.codec.ConnectionsResponseDecoder;
import org.headrace.protocol.codec.DeltaResponseDecoder;
import org.headrace.protocol.codec.GenerationResponseDecoder;
import org.headrace.protocol.codec.HeartbeatResponseDecoder;
import org.headrace.protocol.codec.HelloResponseDecoder;
import org.headrace.protocol.codec.MessageHeaderDecoder;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Transport;

/**
 * Decodes the data plane's responses and events. Whatever bytes arrive, it reads only inside the fragment and throws
 * nothing: a message that is not well formed goes to {@link ControlResponseListener#onMalformed}. Not thread safe.
 */
public final class ControlResponseAdapter implements FragmentHandler
{
    private final ControlResponseListener listener;
    private final FragmentCheck check = new FragmentCheck();
    private final MessageHeaderDecoder header = check.header();
    private final HelloResponseDecoder hello = new HelloResponseDecoder();
    private final HeartbeatResponseDecoder heartbeat = new HeartbeatResponseDecoder();
    private final GenerationResponseDecoder generation = new GenerationResponseDecoder();
    private final DeltaResponseDecoder delta = new DeltaResponseDecoder();
    private final ConnectionEventDecoder connection = new ConnectionEventDecoder();
    private final ConnectionsResponseDecoder connections = new ConnectionsResponseDecoder();

    /**
     * @param listener of the decoded responses.
     */
    public ControlResponseAdapter(final ControlResponseListener listener)
    {
        this.listener = listener;
    }

    @Override
    public void onFragment(final DirectBuffer buffer, final int offset, final int length, final Header aeronHeader)
    {
        final String problem = check.problem(buffer, offset, length);
        if (problem != null)
        {
            listener.onMalformed(problem);
            return;
        }
        final int templateId = header.templateId();
        switch (templateId)
        {
            case HelloResponseDecoder.TEMPLATE_ID ->
            {
                hello.wrapAndApplyHeader(buffer, offset, header);
                listener.onHello(hello.correlationId(), hello.dataPlaneEpoch(), hello.generation());
            }
            case HeartbeatResponseDecoder.TEMPLATE_ID ->
            {
                heartbeat.wrapAndApplyHeader(buffer, offset, header);
                listener.onHeartbeat(heartbeat.dataPlaneEpoch(), heartbeat.generation());
            }
            case GenerationResponseDecoder.TEMPLATE_ID -> onGeneration(buffer, offset);
            case DeltaResponseDecoder.TEMPLATE_ID -> onDelta(buffer, offset);
            case ConnectionEventDecoder.TEMPLATE_ID -> onConnection(buffer, offset);
            case ConnectionsResponseDecoder.TEMPLATE_ID -> onConnections(buffer, offset);
            default -> listener.onMalformed("templateId=" + templateId + " is not a response");
        }
    }

    private void onGeneration(final DirectBuffer buffer, final int offset)
    {
        generation.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = generation.correlationId();
        final long committed = generation.generation();
        final short rawCode = generation.codeRaw();
        final ResultCode code = CodecValues.resultCode(rawCode);
        final String text = generation.text();
        if (code == null)
        {
            listener.onMalformed("response to generation=" + committed + " with unknown code=" + rawCode);
            return;
        }
        listener.onGeneration(correlationId, committed, code, text);
    }

    private void onDelta(final DirectBuffer buffer, final int offset)
    {
        delta.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = delta.correlationId();
        final short rawCode = delta.codeRaw();
        final ResultCode code = CodecValues.resultCode(rawCode);
        final String text = delta.text();
        if (code == null)
        {
            listener.onMalformed("response to correlationId=" + correlationId + " with unknown code=" + rawCode);
            return;
        }
        listener.onDelta(correlationId, code, text);
    }

    private void onConnection(final DirectBuffer buffer, final int offset)
    {
        connection.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = connection.correlationId();
        final Endpoint client = CodecValues.endpoint(connection.client());
        final Endpoint virtual = CodecValues.endpoint(connection.virtualEndpoint());
        final Endpoint local = CodecValues.endpoint(connection.localEndpoint());
        final Endpoint server = CodecValues.endpoint(connection.server());
        final short rawTransport = connection.transportRaw();
        final int state = connection.state();
        final int worker = connection.worker();
        final long idleMs = connection.idleMs();
        final long expiresMs = connection.expiresMs();
        final long inPackets = connection.inPackets();
        final long outPackets = connection.outPackets();
        final long inBytes = connection.inBytes();
        final long outBytes = connection.outBytes();
        final Transport transport = CodecValues.transport(rawTransport);
        if (transport == null || state >= ConnectionState.count())
        {
            listener.onMalformed("connection of client " + client + " with transport=" + rawTransport + " state=" +
                state + " (a number that this version does not know)");
            return;
        }
        listener.onConnection(correlationId, new ConnectionSnapshot(transport, client, virtual, local, server,
            ConnectionState.get(state), worker, idleMs, expiresMs, inPackets, outPackets, inBytes, outBytes));
    }

    private void onConnections(final DirectBuffer buffer, final int offset)
    {
        connections.wrapAndApplyHeader(buffer, offset, header);
        final long correlationId = connections.correlationId();
        final long nextCursor = connections.nextCursor();
        final long count = connections.count();
        final long matched = connections.matched();
        if (count > ControlChannel.MAX_PAGE_SIZE)
        {
            listener.onMalformed("page with count=" + count + " > MAX_PAGE_SIZE=" + ControlChannel.MAX_PAGE_SIZE);
            return;
        }
        listener.onConnections(correlationId, nextCursor, (int)count, matched);
    }
}
