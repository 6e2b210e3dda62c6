package org.headrace.forwarder.control;

import io.aeron.logbuffer.FragmentHandler;

/** Where the agent's requests come from. */
public interface RequestSource
{
    /**
     * @param handler       of each request.
     * @param fragmentLimit most requests.
     * @return number of requests.
     */
    int poll(FragmentHandler handler, int fragmentLimit);

    /** @return true if somebody reads the responses. */
    boolean hasPeer();
}
