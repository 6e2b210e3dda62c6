package org.headrace.agent.publish;

import org.headrace.protocol.codec.ResultCode;

/** Receives the outcome of one delta, exactly once. */
@FunctionalInterface
public interface ReplyListener
{
    /** Does not care. */
    ReplyListener NONE = (code, text) ->
    {
    };

    /**
     * @param code OK, or why nothing changed; INTERNAL_ERROR also when no answer came.
     * @param text for people.
     */
    void onReply(ResultCode code, String text);
}
