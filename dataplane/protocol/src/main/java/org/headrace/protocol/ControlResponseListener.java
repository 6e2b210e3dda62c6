package org.headrace.protocol;

import org.headrace.protocol.codec.ResultCode;

/** Receives the data plane's responses and events in the agent. */
public interface ControlResponseListener
{
    /**
     * @param correlationId  of the request.
     * @param dataPlaneEpoch random number of the data plane process.
     * @param generation     in force, 0 for none.
     */
    void onHello(long correlationId, long dataPlaneEpoch, long generation);

    /**
     * @param dataPlaneEpoch random number of the data plane process.
     * @param generation     in force, 0 for none.
     */
    void onHeartbeat(long dataPlaneEpoch, long generation);

    /**
     * @param correlationId of the commit.
     * @param generation    that was committed.
     * @param code          OK, or why nothing changed.
     * @param text          explanation.
     */
    void onGeneration(long correlationId, long generation, ResultCode code, String text);

    /**
     * @param correlationId of the weight or state request.
     * @param code          OK, or why nothing changed.
     * @param text          explanation.
     */
    void onDelta(long correlationId, ResultCode code, String text);

    /**
     * @param correlationId of the request for a page.
     * @param connection    one of the page.
     */
    void onConnection(long correlationId, ConnectionSnapshot connection);

    /**
     * @param correlationId of the request for a page, which ends here.
     * @param nextCursor    for the next page, 0 when there is no more.
     * @param count         connections that were sent for this page.
     * @param matched       connections that were found for this page, sent or only counted.
     */
    void onConnections(long correlationId, long nextCursor, int count, long matched);

    /**
     * @param problem what is wrong with a message that was dropped.
     */
    void onMalformed(String problem);
}
