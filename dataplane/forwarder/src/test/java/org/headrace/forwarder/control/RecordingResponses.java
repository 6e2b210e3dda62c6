package org.headrace.forwarder.control;

import org.headrace.protocol.ConnectionSnapshot;
import org.headrace.protocol.ControlResponseListener;
import org.headrace.protocol.codec.ResultCode;

import java.util.ArrayList;
import java.util.List;

/** Writes responses down, heartbeats left out. */
final class RecordingResponses implements ControlResponseListener
{
    final List<String> log = new ArrayList<>();
    final List<ConnectionSnapshot> connections = new ArrayList<>();
    final List<Long> cursors = new ArrayList<>();
    long nextCursor;
    long matched;

    @Override
    public void onHello(final long correlationId, final long dataPlaneEpoch, final long generation)
    {
        log.add("hello " + correlationId + " epoch=" + dataPlaneEpoch + " generation=" + generation);
    }

    @Override
    public void onHeartbeat(final long dataPlaneEpoch, final long generation)
    {
        // Comes by the clock, not by what a test does.
    }

    @Override
    public void onGeneration(
        final long correlationId, final long generation, final ResultCode code, final String text)
    {
        log.add("generation " + generation + " " + code + " " + text);
    }

    @Override
    public void onDelta(final long correlationId, final ResultCode code, final String text)
    {
        log.add("delta " + correlationId + " " + code + " " + text);
    }

    @Override
    public void onConnection(final long correlationId, final ConnectionSnapshot connection)
    {
        connections.add(connection);
    }

    @Override
    public void onConnections(final long correlationId, final long next, final int count, final long found)
    {
        cursors.add(next);
        nextCursor = next;
        matched += found;
    }

    @Override
    public void onMalformed(final String problem)
    {
        log.add("malformed " + problem);
    }
}
