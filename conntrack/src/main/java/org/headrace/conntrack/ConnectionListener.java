package org.headrace.conntrack;

/** Is told of every connection that leaves the table, on the thread that writes the table. */
@FunctionalInterface
public interface ConnectionListener
{
    /**
     * Called while the connection still stands in the table: every accessor works on its index. The table must not be
     * changed from here.
     *
     * @param table  that the connection is leaving.
     * @param index  of the connection, free as soon as this call returns.
     * @param reason why.
     */
    void onRemoved(ConnectionTable table, int index, RemovalReason reason);
}
