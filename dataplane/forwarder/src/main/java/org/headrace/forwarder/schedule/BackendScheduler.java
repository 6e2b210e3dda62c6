package org.headrace.forwarder.schedule;

/**
 * Chooses the server of a new connection. One instance per worker, used by that worker's thread only; called once per
 * connection, never per packet, and does not allocate.
 */
public interface BackendScheduler
{
    /** No server takes new connections. */
    int NONE = -1;

    /**
     * @param service slot of the service; state that a scheduler keeps is kept by this number.
     * @param servers slots of the service's servers, in the order of the configuration.
     * @return slot of the chosen server, whose scheduling weight is above 0, or {@link #NONE}.
     */
    int select(int service, int[] servers);
}
