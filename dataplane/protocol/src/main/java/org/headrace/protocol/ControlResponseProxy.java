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
     * @param snapshot      one connection of the page.
     * @return true if taken.
     */
    public boolean connection(final long correlationId, final ConnectionSnapshot snapshot)
    {
        final byte[] stateName = WireText.encode(snapshot.stateName());
        connection.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
        CodecValues.put(connection.client(), snapshot.client());
        CodecValues.put(connection.virtualEndpoint(), snapshot.virtual());
        CodecValues.put(connection.localEndpoint(), snapshot.local());
        CodecValues.put(connection.server(), snapshot.server());
        connection
            .transport(snapshot.transport())
            .state((short)snapshot.state())
            .worker(snapshot.worker())
            .expiresMs(snapshot.expiresMs())
            .inPackets(snapshot.inPackets())
            .outPackets(snapshot.outPackets())
            .inBytes(snapshot.inBytes())
            .outBytes(snapshot.outBytes())
            .putStateName(stateName, 0, stateName.length);
        return offer(connection.encodedLength());
    }

    /**
     * @param correlationId of the request for a page, which ends here.
     * @param nextCursor    for the next page, 0 when there is no more.
     * @param count         connections of this page.
     * @return true if taken.
     */
    public boolean connections(final long correlationId, final long nextCursor, final int count)
    {
        connections.wrapAndApplyHeader(buffer, 0, header)
            .correlationId(correlationId).nextCursor(nextCursor).count(count);
        return offer(connections.encodedLength());
    }

    private boolean offer(final int encodedLength)
    {
        lastResult = output.offer(buffer, 0, MessageHeaderEncoder.ENCODED_LENGTH + encodedLength);
        return lastResult > 0;
    }
}
