package org.headrace.protocol;

import io.aeron.Publication;
import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.codec.ConnectionEventEncoder;
import org.headrace.protocol.codec.ConnectionsResponseEncoder;
import org.headrace.protocol.codec.DeltaResponseEncoder;
import org.headrace.protocol.codec.GenerationResponseEncoder;
import org.headrace.protocol.codec.HeartbeatResponseEncoder;
import org.headrace.protocol.codec.HelloResponseEncoder;
import org.headrace.protocol.codec.MessageHeaderEncoder;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.Transport;

/**
 * Encodes the data plane's responses and events. Every call returns true if the message was taken and false if it was
 * not (back pressure, nobody there, closed: {@link #lastResult()} says which); none blocks. Not thread safe.
 */
public final class ControlResponseProxy
{
    private final ControlOutput output;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[ControlChannel.MAX_MESSAGE_LENGTH]);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final HelloResponseEncoder hello = new HelloResponseEncoder();
    private final HeartbeatResponseEncoder heartbeat = new HeartbeatResponseEncoder();
    private final GenerationResponseEncoder generation = new GenerationResponseEncoder();
    private final DeltaResponseEncoder delta = new DeltaResponseEncoder();
    private final ConnectionEventEncoder connection = new ConnectionEventEncoder();
    private final ConnectionsResponseEncoder connections = new ConnectionsResponseEncoder();
    private long lastResult;

    /**
     * @param publication of the response stream, shared or exclusive.
     */
    public ControlResponseProxy(final Publication publication)
    {
        this((ControlOutput)publication::offer);
    }

    /**
     * @param output takes the encoded messages.
     */
    public ControlResponseProxy(final ControlOutput output)
    {
        this.output = output;
    }

    /** @return what the output said to the last message: a position, or a negative reason as Aeron has it. */
    public long lastResult()
    {
        return lastResult;
    }

    /**
     * @param correlationId      of the request.
     * @param dataPlaneEpoch     random number of this data plane process.
     * @param generationInForce  0 for none.
     * @return true if taken.
     */
    public boolean hello(final long correlationId, final long dataPlaneEpoch, final long generationInForce)
    {
        hello.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId).dataPlaneEpoch(dataPlaneEpoch).generation(generationInForce);
        return offer(hello.encodedLength());
    }

    /**
     * @param dataPlaneEpoch    random number of this data plane process.
     * @param generationInForce 0 for none.
     * @return true if taken.
     */
    public boolean heartbeat(final long dataPlaneEpoch, final long generationInForce)
    {
        heartbeat.wrapAndApplyHeader(buffer, 0, header)
            .dataPlaneEpoch(dataPlaneEpoch).generation(generationInForce);
        return offer(heartbeat.encodedLength());
    }

    /**
     * @param correlationId       of the commit.
     * @param generationCommitted the one that was committed.
     * @param code                OK, or why nothing changed.
     * @param text                explanation, shortened if longer than the protocol admits.
     * @return true if taken.
     */
    public boolean generation(
        final long correlationId, final long generationCommitted, final ResultCode code, final String text)
    {
        final byte[] bytes = WireText.encode(text);
        generation.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId)
            .generation(generationCommitted)
            .code(code)
            .putText(bytes, 0, bytes.length);
        return offer(generation.encodedLength());
    }

    /**
     * @param correlationId of the weight or state request.
     * @param code          OK, or why nothing changed.
     * @param text          explanation, shortened if longer than the protocol admits.
     * @return true if taken.
     */
    public boolean delta(final long correlationId, final ResultCode code, final String text)
    {
        final byte[] bytes = WireText.encode(text);
        delta.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId).code(code).putText(bytes, 0, bytes.length);
        return offer(delta.encodedLength());
    }

    /**
     * @param correlationId of the request for a page.
     * @param view          one connection of the page.
     * @return true if taken.
     */
    public boolean connection(final long correlationId, final ConnectionView view)
    {
        connection.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
        connection.client().high(view.clientHigh()).low(view.clientLow()).port(view.clientPort());
        connection.virtualEndpoint().high(view.virtualHigh()).low(view.virtualLow()).port(view.virtualPort());
        connection.localEndpoint().high(view.localHigh()).low(view.localLow()).port(view.localPort());
        connection.server().high(view.serverHigh()).low(view.serverLow()).port(view.serverPort());
        connection
            .transport(Transport.get((short)view.transportNumber()))
            .state((short)view.stateCode())
            .worker(view.worker())
            .idleMs(view.idleMs())
            .expiresMs(view.expiresMs())
            .inPackets(view.inPackets())
            .outPackets(view.outPackets())
            .inBytes(view.inBytes())
            .outBytes(view.outBytes());
        return offer(connection.encodedLength());
    }

    /**
     * @param correlationId of the request for a page, which ends here.
     * @param nextCursor    for the next page, 0 when there is no more.
     * @param count         connections that were sent for this page.
     * @param matched       connections that were found for this page, sent or only counted.
     * @return true if taken.
     */
    public boolean connections(
        final long correlationId, final long nextCursor, final int count, final long matched)
    {
        connections.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId).nextCursor(nextCursor).count(count).matched(matched);
        return offer(connections.encodedLength());
    }

    private boolean offer(final int encodedLength)
    {
        lastResult = output.offer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
        return lastResult > 0;
    }
}
