package org.headrace.forwarder.affinity;

/**
 * Which server a client of a service has, as one thread holds it in its hands: the key that {@link PersistenceTable}
 * is asked for, and what it answered. Used again and again by the thread that made it.
 */
public final class Template
{
    int service;
    int prefix;
    long clientHigh;
    long clientLow;
    long hash;

    int index = PersistenceTable.NOT_FOUND;
    long control;
    int server;
    long identity;
    long toldTick;

    /**
     * Sets the key; nothing is known of an answer then.
     *
     * @param serviceSlot  of the service.
     * @param prefixLength bits of the client's address that count, 1 to 128; of an IPv4 address in its mapped form.
     * @param high         first half of the client's address, masked.
     * @param low          second half, masked.
     * @return this.
     */
    public Template key(final int serviceSlot, final int prefixLength, final long high, final long low)
    {
        service = serviceSlot;
        prefix = prefixLength;
        clientHigh = high;
        clientLow = low;
        index = PersistenceTable.NOT_FOUND;
        control = 0;
        return this;
    }

    /** @return slot of the service. */
    public int service()
    {
        return service;
    }

    /** @return bits of the client's address that count, 1 to 128. */
    public int prefixLength()
    {
        return prefix;
    }

    /** @return first half of the client's address, masked. */
    public long clientHigh()
    {
        return clientHigh;
    }

    /** @return second half of the client's address, masked. */
    public long clientLow()
    {
        return clientLow;
    }

    /** @return slot of the server. */
    public int server()
    {
        return server;
    }

    /** @return who the server was when the template was made. */
    public long identity()
    {
        return identity;
    }

    /** @return place in the table, or {@link PersistenceTable#NOT_FOUND}. */
    public int index()
    {
        return index;
    }

    /** @return when it expires, monotonic milliseconds. */
    public long expiresMs()
    {
        return (control & PersistenceTableDescriptor.EXPIRY_MASK) << PersistenceTableDescriptor.TICK_SHIFT_MS;
    }

    /** @return the expiry that the agent knows, monotonic milliseconds; 0 if it knows nothing of this template. */
    public long toldMs()
    {
        return toldTick << PersistenceTableDescriptor.TICK_SHIFT_MS;
    }
}
