package org.headrace.forwarder.control;

import org.agrona.concurrent.UnsafeBuffer;
import org.headrace.protocol.ConnectionFilter;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;

import java.nio.ByteBuffer;

/** Reads a recorded generation with all checks that it had to pass when it came; what came in between is left out. */
final class GenerationReplay extends GenerationReceiver
{
    private Generation whole;
    private RejectedException fault = fault("no generation is recorded");

    private GenerationReplay()
    {
    }

    /**
     * @param messages each after its length in four bytes, big-endian; see {@link GenerationRecording}.
     * @return the generation.
     * @throws RejectedException if it is not whole.
     */
    static Generation replay(final byte[] messages) throws RejectedException
    {
        final GenerationReplay replay = new GenerationReplay();
        final ByteBuffer lengths = ByteBuffer.wrap(messages);
        final UnsafeBuffer buffer = new UnsafeBuffer(messages);
        int offset = 0;
        while (messages.length - offset >= Integer.BYTES)
        {
            final int length = lengths.getInt(offset);
            offset += Integer.BYTES;
            if (length < 0 || length > messages.length - offset)
            {
                throw fault("message of length=" + length + " at offset=" + offset + " of " + messages.length);
            }
            replay.adapter().onFragment(buffer, offset, length, null);
            offset += length;
        }
        if (replay.whole == null)
        {
            throw replay.fault;
        }
        return replay.whole;
    }

    @Override
    void onWhole(final long correlationId, final Generation newWhole)
    {
        whole = newWhole;
    }

    @Override
    void onFault(final long correlationId, final long generation, final RejectedException newFault)
    {
        fault = newFault;
    }

    @Override
    public void onMalformed(final String problem)
    {
        fault = fault(problem);
    }

    @Override
    void onAdjacency(final IpAddress server, final Generation.Adjacency adjacency)
    {
        // The state that is kept beside the messages holds what all deltas came to.
    }

    @Override
    void onLocalAddress(final IpAddress address, final boolean isPresent)
    {
        // As above.
    }

    @Override
    public void onHello(final long correlationId, final long agentEpoch)
    {
        // Not part of a generation; so are all that follow.
    }

    @Override
    public void onHeartbeat(final long agentEpoch, final long generation)
    {
    }

    @Override
    public void onServerWeight(
        final long correlationId, final ServiceKey service, final Endpoint server, final int weight)
    {
    }

    @Override
    public void onServerState(
        final long correlationId, final ServiceKey service, final Endpoint server, final ServerState state)
    {
    }

    @Override
    public void onConnections(
        final long correlationId, final long cursor, final int pageSize, final ConnectionFilter filter)
    {
    }

    private static RejectedException fault(final String text)
    {
        return new RejectedException(ResultCode.INVALID_ENTRY, text);
    }
}
