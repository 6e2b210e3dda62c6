package org.headrace.forwarder.parse;

import org.headrace.forwarder.io.PacketBatch;

/**
 * What the parser found in each frame of a batch, one column per property. Owned by one worker.
 *
 * <p>For an ICMP error the columns of addresses and ports describe the packet that it quotes, <i>as if that packet went
 * the other way</i>: so one look-up finds the connection, and the direction is that of the error.
 */
public final class ParsedBatch
{
    /** Address of the IP header. */
    public final long[] network = new long[PacketBatch.CAPACITY];
    /** Address of the TCP, UDP or ICMP header. */
    public final long[] transport = new long[PacketBatch.CAPACITY];
    /** Length of the IP packet in bytes, without padding of the link layer. */
    public final int[] ipLength = new int[PacketBatch.CAPACITY];
    /** Number of the transport of the connection: TCP or UDP, also for an ICMP error. */
    public final int[] protocol = new int[PacketBatch.CAPACITY];
    /** Whether the packet is IPv6. */
    public final boolean[] isIpv6 = new boolean[PacketBatch.CAPACITY];
    /** Flags of a TCP segment, 0 for everything else. */
    public final int[] tcpFlags = new int[PacketBatch.CAPACITY];
    /** Address of the IP header that an ICMP error quotes, 0 for everything else. */
    public final long[] quoted = new long[PacketBatch.CAPACITY];
    /** Address of the transport header that an ICMP error quotes; at least eight bytes of it are there. */
    public final long[] quotedTransport = new long[PacketBatch.CAPACITY];

    /** Source address, first half; 0 for IPv4. */
    public final long[] sourceHigh = new long[PacketBatch.CAPACITY];
    /** Source address, second half; for IPv4 its 32 bits. */
    public final long[] sourceLow = new long[PacketBatch.CAPACITY];
    /** Destination address, first half; 0 for IPv4. */
    public final long[] destinationHigh = new long[PacketBatch.CAPACITY];
    /** Destination address, second half; for IPv4 its 32 bits. */
    public final long[] destinationLow = new long[PacketBatch.CAPACITY];
    /** Source port. */
    public final int[] sourcePort = new int[PacketBatch.CAPACITY];
    /** Destination port. */
    public final int[] destinationPort = new int[PacketBatch.CAPACITY];
}
