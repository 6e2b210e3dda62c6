package org.headrace.forwarder.io;

/**
 * Which packets are ours and which the kernel's. What is selected reaches the workers; everything else passes as if
 * Headrace were not there. Used by the conductor's thread only; all calls may be repeated without harm.
 *
 * <p>Transport is the IP protocol number. Addresses are two big-endian longs, IPv4 as {@code ::ffff:a.b.c.d}.
 */
public interface PacketSelection
{
    /** @param transport TCP or UDP. @param high address. @param low address. @param port of the service. */
    void addService(int transport, long high, long low, int port);

    /** @param transport TCP or UDP. @param high address. @param low address. @param port of the service. */
    void removeService(int transport, long high, long low, int port);

    /** @param transport TCP or UDP. @param high address. @param low address. @param port of the server. */
    void addServer(int transport, long high, long low, int port);

    /** @param transport TCP or UDP. @param high address. @param low address. @param port of the server. */
    void removeServer(int transport, long high, long low, int port);

    /** @param high of an address of this host. @param low of the address. */
    void addLocal(long high, long low);

    /** @param high of an address that is no longer this host's. @param low of the address. */
    void removeLocal(long high, long low);

    /**
     * Keeps the selected packets from the kernel from now on. Comes once, when the workers have their first table;
     * until then a predecessor's selection, if it died, goes on dropping.
     */
    void attach();
}
