package org.headrace.forwarder.control;

import org.headrace.conntrack.ConnectionTableReader;
import org.headrace.forwarder.table.ForwardingTable;

/** What the conductor may do with a worker, from its own thread. */
public interface WorkerLink
{
    /** @param table that the worker takes before its next batch. */
    void offer(ForwardingTable table);

    /**
     * Gives the worker's table the memory that IPv6 connections need, which is not touched before.
     *
     * @throws IllegalStateException if there is not enough.
     */
    void reserveIpv6();

    /** @return generation that the worker forwards by. */
    long generationAcquire();

    /** @return a view of the worker's connections that does not disturb it. */
    ConnectionTableReader connections();

    /** @return heap bytes that the worker's thread has allocated since it was warm. */
    long allocatedBytes();
}
