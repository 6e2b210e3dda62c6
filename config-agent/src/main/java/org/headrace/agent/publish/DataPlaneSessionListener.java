package org.headrace.agent.publish;

import org.headrace.protocol.codec.ResultCode;

/** Is told how the data plane takes what it is sent; called on the session's thread. */
public interface DataPlaneSessionListener
{
    /**
     * The data plane answered; a generation follows if it needs one.
     *
     * @param dataPlaneEpoch random number of its process.
     * @param generation     in force there, 0 for none.
     */
    void onConnected(long dataPlaneEpoch, long generation);

    /**
     * @param reason why the data plane counts as lost; the session goes on trying.
     */
    void onDisconnected(String reason);

    /**
     * @param generation that is in force now.
     * @param content    of it.
     */
    void onAccepted(long generation, GenerationContent content);

    /**
     * The data plane keeps what it had.
     *
     * @param generation that was refused.
     * @param content    of it.
     * @param code       why.
     * @param text       why, for people.
     */
    void onRejected(long generation, GenerationContent content, ResultCode code, String text);
}
