package org.headrace.forwarder.io.bpf;

/**
 * Which worker a packet goes to: a hash of the client's end (address and port), which both directions of a connection
 * have in common. The kernel program computes the same; {@code PACKET_FANOUT} takes it modulo the number of workers.
 *
 * <p>Later fragments have no port: the program remembers the hash of the first fragment for them. An ICMP error goes
 * by the packet that it quotes.
 *
 * <p>With FULLNAT a server answers to one of our local addresses: its packets go by the port, not by this hash, see
 * {@code org.headrace.forwarder.rewrite.LocalPorts}.
 */
public final class ClientHash
{
    static final long FIRST_MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;
    static final long SECOND_MULTIPLIER = 0xBF58_476D_1CE4_E5B9L;
    static final int SHIFT = 32;

    private ClientHash()
    {
    }

    /**
     * @param addressHigh first eight bytes, big-endian value.
     * @param addressLow  last eight bytes, big-endian value.
     * @param port        0 to 65535.
     * @return 32 bits, all of which depend on all of the arguments.
     */
    public static int hash(final long addressHigh, final long addressLow, final int port)
    {
        // The address is spread out before the port is added: neighbours with neighbouring ports would meet otherwise.
        long hash = (addressHigh * FIRST_MULTIPLIER ^ addressLow) * SECOND_MULTIPLIER;
        hash = (hash ^ hash >>> SHIFT) + port;
        hash *= FIRST_MULTIPLIER;
        hash ^= hash >>> SHIFT;
        hash *= SECOND_MULTIPLIER;
        return (int)(hash >>> SHIFT);
    }

    /**
     * @param hash        of the client's end.
     * @param workerCount at least 1.
     * @return number of the worker, from 0.
     */
    public static int worker(final int hash, final int workerCount)
    {
        return Integer.remainderUnsigned(hash, workerCount);
    }
}
