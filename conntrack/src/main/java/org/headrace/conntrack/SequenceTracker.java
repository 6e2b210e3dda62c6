package org.headrace.conntrack;

import static org.headrace.conntrack.EntryDescriptor.FLAGS_OFFSET;
import static org.headrace.conntrack.EntryDescriptor.ONE_WAY;
import static org.headrace.conntrack.EntryDescriptor.SEQUENCES_KNOWN;
import static org.headrace.conntrack.EntryDescriptor.SEQUENCE_KNOWN;
import static org.headrace.conntrack.EntryDescriptor.SEQUENCE_OFFSET;

import java.lang.invoke.VarHandle;

/**
 * Follows the sequence numbers of both directions of a TCP connection: for each the highest that was used or
 * acknowledged, which is what its sender will use next (SND.NXT of RFC 9293 section 3.3.1).
 *
 * <p>A segment makes two claims, by its sequence number about its own direction and by its acknowledgement about the
 * other. How far each is from what is known, multiplied, says how surprising the segment is: true ones are near in
 * both, or exact in one. Somebody who guesses needs some four million tries to be believed once, and knows neither
 * when, nor both numbers. What is not believed is forgotten: so garbage cannot lead the tracker astray, and then make
 * it believe a reset.
 */
final class SequenceTracker
{
    /** Surprise that is believed: a megabyte lost on the way to us, and 64 KiB not acknowledged. */
    static final long SURPRISE_LIMIT = 1L << 36;
    /** Distance from the expected number at which a reset may still be an end's: more is rarely in flight. */
    static final int NEAR_LIMIT = 1 << 26;

    /** Largest window (RFC 7323 section 2.3): a true number is never further behind. */
    private static final int MAX_WINDOW = 1 << 30;
    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;

    private SequenceTracker()
    {
    }

    static boolean isKnown(final long entry, final int direction)
    {
        return (OffHeap.getUnsignedByte(entry + FLAGS_OFFSET) & SEQUENCE_KNOWN << direction) != 0;
    }

    /** One of {@link Plausibility}. */
    static int judge(
        final long entry,
        final int direction,
        final int tcpFlags,
        final int sequence,
        final int acknowledgement,
        final int payloadBytes)
    {
        final long own = entry + SEQUENCE_OFFSET + ((long)direction << 2);
        final long peer = entry + SEQUENCE_OFFSET + ((long)(direction ^ 1) << 2);
        final int next = OffHeap.getInt(own);
        final int peerNext = OffHeap.getInt(peer);
        final int distance = sequence - next;
        final int acked = acknowledgement - peerNext;
        final int flags = OffHeap.getUnsignedByte(entry + FLAGS_OFFSET);
        if ((flags & SEQUENCES_KNOWN) == SEQUENCES_KNOWN && (tcpFlags & (SYN | RST | ACK)) == ACK &&
            Math.abs((long)distance) * Math.abs((long)acked) < SURPRISE_LIMIT)
        {
            // FIN is bit 0 and takes one place in the sequence
            OffHeap.putInt(own, next + advance(distance + payloadBytes + (tcpFlags & FIN)));
            OffHeap.putInt(peer, peerNext + advance(acked));
            return Plausibility.BELIEVED;
        }
        if ((tcpFlags & RST) != 0)
        {
            return judgeResetSlowPath(entry, direction, tcpFlags, sequence, acknowledgement);
        }
        if ((tcpFlags & SYN) != 0)
        {
            return judgeSynSlowPath(entry, direction, tcpFlags, sequence + payloadBytes + 1, acknowledgement);
        }
        return (tcpFlags & ACK) == 0 || (flags & SEQUENCES_KNOWN) == SEQUENCES_KNOWN ? Plausibility.DOUBTED :
            judgeFirstSlowPath(entry, direction, sequence + payloadBytes + (tcpFlags & FIN), acknowledgement);
    }

    /** Nothing is known of one of the directions. */
    private static int judgeFirstSlowPath(
        final long entry, final int direction, final int end, final int acknowledgement)
    {
        if (!isKnown(entry, direction ^ 1))
        {
            // Nobody can acknowledge what was never sent: a SYN and an ACK sent blindly establish nothing. Only if the
            // server answers past us, the client's word has to do.
            final boolean isOneWay = (OffHeap.getUnsignedByte(entry + FLAGS_OFFSET) & ONE_WAY) != 0;
            if (!isOneWay || !isNear(end - EntryFlyweight.nextSequence(entry, direction)))
            {
                return Plausibility.DOUBTED;
            }
            learn(entry, direction ^ 1, acknowledgement);
            return Plausibility.BELIEVED;
        }
        if (!isNear(acknowledgement - EntryFlyweight.nextSequence(entry, direction ^ 1)))
        {
            return Plausibility.DOUBTED;
        }
        learn(entry, direction, end);
        return Plausibility.BELIEVED;
    }

    private static int judgeSynSlowPath(
        final long entry, final int direction, final int tcpFlags, final int end, final int acknowledgement)
    {
        final boolean isEmbryonic = isEmbryonic(entry);
        if ((tcpFlags & ACK) == 0)
        {
            // An end that knows this connection asks back (RFC 5961 section 4), whatever we make of it.
            if (!isEmbryonic || direction != ConnectionTable.IN)
            {
                return Plausibility.DOUBTED;
            }
            learn(entry, direction, end);
            return Plausibility.BELIEVED;
        }
        if (direction == ConnectionTable.IN)
        {
            return Plausibility.DOUBTED;
        }
        final boolean isRepeated = !isEmbryonic && isKnown(entry, direction) &&
            isNear(end - EntryFlyweight.nextSequence(entry, direction)) &&
            isNear(acknowledgement - EntryFlyweight.nextSequence(entry, direction ^ 1));
        if (isRepeated)
        {
            return Plausibility.BELIEVED;
        }
        learn(entry, direction, end);
        learn(entry, direction ^ 1, acknowledgement);
        return isEmbryonic ? Plausibility.BELIEVED : Plausibility.REOPENED;
    }

    /** RFC 5961 section 3, as somebody in the middle can apply it. */
    private static int judgeResetSlowPath(
        final long entry, final int direction, final int tcpFlags, final int sequence, final int acknowledgement)
    {
        final boolean isKnown = isKnown(entry, direction);
        final int distance = sequence - EntryFlyweight.nextSequence(entry, direction);
        if (isKnown && distance == 0)
        {
            return Plausibility.BELIEVED;
        }
        final boolean isServersAck = (tcpFlags & ACK) != 0 && direction == ConnectionTable.REPLY;
        if (isEmbryonic(entry))
        {
            // The answer to a SYN has no sequence number to go by (RFC 9293 section 3.10.7.3).
            final boolean isRefusal = isServersAck && isKnown(entry, ConnectionTable.IN) &&
                acknowledgement == EntryFlyweight.nextSequence(entry, ConnectionTable.IN);
            return isRefusal ? Plausibility.BELIEVED : Plausibility.DOUBTED;
        }
        // Sequence number 0 answers a SYN: one that we have doubted, and the server has refused.
        final boolean mayBeRefusal = isServersAck && sequence == 0;
        return !isKnown || isNear(distance) || mayBeRefusal ? Plausibility.DOUBTED : Plausibility.FORGED;
    }

    private static boolean isEmbryonic(final long entry)
    {
        return ExpiryWheel.classOf(EntryFlyweight.state(entry)) == ExpiryWheel.EMBRYONIC;
    }

    private static boolean isNear(final int distance)
    {
        return Math.abs((long)distance) <= NEAR_LIMIT;
    }

    /** What a claim that is believed moves a number by: what is behind within a window is only late. */
    private static int advance(final int distance)
    {
        return distance > 0 || distance < -MAX_WINDOW ? distance : 0;
    }

    private static void learn(final long entry, final int direction, final int sequence)
    {
        EntryFlyweight.nextSequence(entry, direction, sequence);
        // the number before the flag that vouches for it, also for whoever finds the entry after a kill
        VarHandle.releaseFence();
        OffHeap.putByte(
            entry + FLAGS_OFFSET, OffHeap.getUnsignedByte(entry + FLAGS_OFFSET) | SEQUENCE_KNOWN << direction);
    }
}
