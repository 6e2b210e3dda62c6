package org.headrace.perf.generate.tcp;

/**
 * What clients have done and seen; every connection that was opened is completed, failed for one reason, or open.
 *
 * @param opened            first SYN sent.
 * @param established       SYN-ACK received.
 * @param completed         ended as planned.
 * @param closedByPeer      of the completed: the peer's FIN came first.
 * @param timedOut          no answer to any SYN.
 * @param refused           RST in answer to a SYN.
 * @param reset             RST after that.
 * @param unanswered        request or FIN without an answer.
 * @param shortResponses    FIN before the whole response.
 * @param synRepeated       SYNs sent again.
 * @param requestsRepeated  requests sent again.
 * @param finsRepeated      FINs sent again.
 * @param unexpected        segments that fitted no connection, or not its state.
 * @param foreign           frames that were no segments from the target.
 * @param sent              segments sent.
 * @param received          segments received from the target.
 * @param open              connections that are neither completed nor failed.
 * @param standing          of those: established.
 * @param mostStanding      the most there were at a time.
 */
public record ClientCounts(
    long opened,
    long established,
    long completed,
    long closedByPeer,
    long timedOut,
    long refused,
    long reset,
    long unanswered,
    long shortResponses,
    long synRepeated,
    long requestsRepeated,
    long finsRepeated,
    long unexpected,
    long foreign,
    long sent,
    long received,
    long open,
    long standing,
    long mostStanding)
{
    /** @return connections that failed, for whatever reason. */
    public long failed()
    {
        return timedOut + refused + reset + unanswered + shortResponses;
    }
}
