package org.headrace.forwarder;

import static org.headrace.forwarder.linux.NativeMemory.getNetworkShort;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.wire.Ethernet;
import org.headrace.forwarder.wire.IpProtocol;
import org.headrace.forwarder.wire.Ipv4;
import org.headrace.forwarder.wire.Ipv6;
import org.headrace.forwarder.wire.PseudoHeader;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.forwarder.wire.Udp;
import org.headrace.protocol.counters.WorkerCounter;

/**
 * Looks at a received frame now and then: is its checksum left unfinished, although nothing says so? A sender on a
 * virtual link does that for whoever shows the mark that goes with it, which AF_XDP does not; the translated packet
 * then has a wrong checksum, and its receiver drops it without a word.
 *
 * <p>A whole checksum has that value once in 65 536 packets, so a few are believed only if they are many of those that
 * were looked at. Owned by one worker.
 */
final class ChecksumWatch
{
    private static final long INTERVAL_MS = 10;
    private static final int MIN_SUSPECTS = 3;
    /** Looks for each suspect, at most, for these to be no chance. */
    private static final int MAX_RATIO = 64;
    /** After so many looks the past counts half, so that a link that becomes bad is found. */
    private static final int MEMORY = 4_096;
    private static final int FRAGMENT_BITS = Ipv4.MORE_FRAGMENTS | Ipv4.FRAGMENT_OFFSET_MASK;

    private final WorkerCounters counters;
    private long nextLookMs;
    private int looks;
    private int suspects;

    ChecksumWatch(final WorkerCounters counters)
    {
        this.counters = counters;
    }

    /**
     * @param batch as received, with at least one frame, nothing rewritten yet.
     * @param nowMs of this cycle.
     */
    void look(final PacketBatch batch, final long nowMs)
    {
        if (nowMs >= nextLookMs)
        {
            nextLookMs = nowMs + INTERVAL_MS;
            lookSlowPath(batch);
        }
    }

    private void lookSlowPath(final PacketBatch batch)
    {
        looks++;
        if ((batch.flags(0) & PacketBatch.PARTIAL_CHECKSUM) == 0 && isUnfinished(batch.address(0), batch.length(0)))
        {
            suspects++;
            if (suspects >= MIN_SUSPECTS && looks <= suspects * MAX_RATIO)
            {
                counters.add(WorkerCounter.UNFINISHED_CHECKSUMS, 1);
            }
        }
        if (looks >= MEMORY)
        {
            looks /= 2;
            suspects /= 2;
        }
    }

    /** Whether the field holds the sum of the pseudo-header and nothing else; false for whatever cannot be told. */
    static boolean isUnfinished(final long frame, final int lengthBytes)
    {
        final long ip = frame + Ethernet.HEADER_LENGTH;
        final int ipBytes = lengthBytes - Ethernet.HEADER_LENGTH;
        if (ipBytes >= Ipv4.MIN_HEADER_LENGTH + Udp.HEADER_LENGTH && Ethernet.type(frame) == Ethernet.TYPE_IPV4)
        {
            final int headerBytes = Ipv4.headerLength(ip);
            final int transportBytes = Math.min(Ipv4.totalLength(ip), ipBytes) - headerBytes;
            return headerBytes >= Ipv4.MIN_HEADER_LENGTH && (Ipv4.fragment(ip) & FRAGMENT_BITS) == 0 &&
                isUnfinished(ip + headerBytes, transportBytes, Ipv4.protocol(ip),
                    PseudoHeader.ipv4Sum(ip, Ipv4.protocol(ip), transportBytes));
        }
        if (ipBytes >= Ipv6.HEADER_LENGTH + Udp.HEADER_LENGTH && Ethernet.type(frame) == Ethernet.TYPE_IPV6)
        {
            final int transportBytes = Math.min(Ipv6.payloadLength(ip), ipBytes - Ipv6.HEADER_LENGTH);
            return isUnfinished(ip + Ipv6.HEADER_LENGTH, transportBytes, Ipv6.nextHeader(ip),
                PseudoHeader.ipv6Sum(ip, Ipv6.nextHeader(ip), transportBytes));
        }
        return false;
    }

    private static boolean isUnfinished(
        final long transport, final int transportBytes, final int protocol, final int pseudoHeaderSum)
    {
        return switch (protocol)
        {
            case IpProtocol.TCP -> transportBytes >= Tcp.MIN_HEADER_LENGTH &&
                getNetworkShort(transport + Tcp.CHECKSUM_OFFSET) == pseudoHeaderSum;
            case IpProtocol.UDP -> transportBytes >= Udp.HEADER_LENGTH &&
                getNetworkShort(transport + Udp.CHECKSUM_OFFSET) == pseudoHeaderSum;
            default -> false;
        };
    }
}
