package org.headrace.conntrack;

/** Is told of every connection that an attached table holds, so that its owner can count its own numbers again. */
@FunctionalInterface
public interface AttachListener
{
    /**
     * Called once for each connection, in the order of the indexes, on the thread that attaches and before {@link
     * ConnectionTable#attach} returns. Every accessor works on the index; the table's own counts do not yet, and
     * nothing may be changed. Server slot, profile, hop and ends are what the file says: the owner checks them against
     * what it has. If the table is refused after all, everything told before is void.
     *
     * @param table that is being attached.
     * @param index of a live connection.
     */
    void onConnection(ConnectionTable table, int index);
}
