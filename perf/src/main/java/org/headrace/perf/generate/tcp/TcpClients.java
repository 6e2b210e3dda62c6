package org.headrace.perf.generate.tcp;

import org.HdrHistogram.Histogram;
import org.headrace.forwarder.wire.Tcp;
import org.headrace.perf.generate.link.FrameLink;

import java.util.concurrent.TimeUnit;

/**
 * The clients' ends of very many TCP connections (RFC 9293 as far as it is needed to open, use and close them). A
 * connection is opened, sends its request and takes the response if there is one, stays for a while, and ends.
 *
 * <p>What is not answered is sent again, at doubling distances; what is still not answered fails the connection, and is
 * counted with its reason. For one thread; the caller gives frames, time and occasions to expire.
 */
public final class TcpClients implements AutoCloseable
{
    /** Frames that one received frame, or one expiry, can cause at most. */
    public static final int FRAMES_PER_EVENT = 2;

    private static final int FREE = 0;
    private static final int SYN_SENT = 1;
    private static final int REQUEST_SENT = 2;
    private static final int STANDING = 3;
    private static final int FIN_SENT = 4;
    /** The peer's FIN has come, ours is not acknowledged yet. */
    private static final int LAST_ACK = 5;
    /** Ours is acknowledged, the peer's has not come yet. */
    private static final int FIN_WAIT = 6;

    private static final int FIRST_SEQUENCE_STEP = 1 << 18;
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(4);
    private static final int DIGITS = 3;

    private final ClientPlan plan;
    private final FrameLink link;
    private final ConnectionSlots slots;
    private final Segment in = new Segment();
    private final Segment out = new Segment();
    private final Histogram handshakes = new Histogram(HIGHEST_NS, DIGITS);
    private final int holdQueue;
    private final int freeQueue;
    private int used;
    private long opened;
    private long established;
    private long completed;
    private long closedByPeer;
    private long timedOut;
    private long refused;
    private long reset;
    private long unanswered;
    private long shortResponses;
    private long synRepeated;
    private long requestsRepeated;
    private long finsRepeated;
    private long unexpected;
    private long foreign;
    private long sent;
    private long received;
    private long open;
    private long standing;
    private long mostStanding;

    /** @param plan what to do. @param link to do it on; it remains the caller's. */
    public TcpClients(final ClientPlan plan, final FrameLink link)
    {
        this.plan = plan;
        this.link = link;
        // One queue for each attempt, whose time-outs differ, one for those that stay, one for those that are free.
        holdQueue = plan.attempts();
        freeQueue = holdQueue + 1;
        slots = new ConnectionSlots(plan.slots(), freeQueue + 1);
        out.isIpv6 = plan.isIpv6();
        out.sourceMac = plan.sourceMac();
        out.targetMac = plan.nextHopMac();
        out.sourceHigh = plan.sourceHigh();
        out.targetHigh = plan.targetHigh();
        out.targetLow = plan.targetLow();
        out.targetPort = plan.targetPort();
    }

    /** @return true if a pair of address and port is free. */
    public boolean canOpen()
    {
        return used < plan.slots() || slots.size(freeQueue) > 0;
    }

    /**
     * Opens a connection, from a pair of address and port that was never used, or else was free for the longest.
     *
     * @param nowNs now.
     */
    public void open(final long nowNs)
    {
        final int slot;
        if (used < plan.slots())
        {
            slot = used++;
            slots.begin(slot);
            slots.sequence(slot, plan.seed() + slot * FIRST_SEQUENCE_STEP);
        }
        else
        {
            slot = slots.takeFirst(freeQueue);
        }
        // Above all that the connection before it sent, so that no one who still knows that takes it for old.
        slots.sequence(slot, slots.sequence(slot) + FIRST_SEQUENCE_STEP);
        slots.started(slot, nowNs);
        slots.expected(slot, 0);
        opened++;
        open++;
        send(slot, Tcp.SYN, slots.sequence(slot), Payload.NONE);
        slots.sequence(slot, slots.sequence(slot) + 1);
        await(slot, SYN_SENT, nowNs);
    }

    /**
     * Takes a received frame.
     *
     * @param frame       address of it.
     * @param lengthBytes of it.
     * @param nowNs       now.
     */
    public void onFrame(final long frame, final int lengthBytes, final long nowNs)
    {
        if (!in.read(frame, lengthBytes) || in.isIpv6 != plan.isIpv6() || in.sourcePort != plan.targetPort() ||
            in.sourceLow != plan.targetLow() || in.sourceHigh != plan.targetHigh())
        {
            foreign++;
            return;
        }
        received++;
        final int slot = plan.slot(in.targetHigh, in.targetLow, in.targetPort);
        if (slot < 0 || slot >= used)
        {
            unexpected++;
            return;
        }
        switch (slots.state(slot))
        {
            case SYN_SENT -> onSynSent(slot, nowNs);
            case REQUEST_SENT -> onRequestSent(slot, nowNs);
            case STANDING -> onStanding(slot, nowNs);
            case FIN_SENT, LAST_ACK, FIN_WAIT -> onClosing(slot, nowNs);
            default -> onFree(slot);
        }
    }

    private void onSynSent(final int slot, final long nowNs)
    {
        if (!in.has(Tcp.ACK) || in.acknowledgement != slots.sequence(slot))
        {
            unexpected++;
        }
        else if (in.has(Tcp.RST))
        {
            refused++;
            end(slot, nowNs);
        }
        else if (in.has(Tcp.SYN))
        {
            handshakes.recordValue(Math.min(slots.sinceStarted(slot, nowNs), HIGHEST_NS));
            slots.expected(slot, in.sequence + 1);
            slots.remove(slot);
            established++;
            standing++;
            mostStanding = Math.max(mostStanding, standing);
            if (plan.request().length() > 0)
            {
                slots.remaining(slot, plan.responseBytes());
                send(slot, Tcp.ACK | Segment.PSH, slots.sequence(slot), plan.request());
                slots.sequence(slot, slots.sequence(slot) + plan.request().length());
                await(slot, REQUEST_SENT, nowNs);
            }
            else
            {
                acknowledge(slot);
                hold(slot, nowNs);
            }
        }
        else
        {
            unexpected++;
        }
    }

    private void onRequestSent(final int slot, final long nowNs)
    {
        if (isReset(slot, nowNs))
        {
            return;
        }
        final boolean isNext = in.sequence == slots.expected(slot);
        if (isNext)
        {
            slots.expected(slot, in.end());
            slots.remaining(slot, slots.remaining(slot) - in.dataLength);
        }
        final boolean isFinished = slots.remaining(slot) <= 0 && in.has(Tcp.ACK) &&
            in.acknowledgement == slots.sequence(slot);
        if (isNext && in.has(Tcp.FIN))
        {
            slots.remove(slot);
            if (isFinished)
            {
                closeAfterPeer(slot, nowNs);
            }
            else
            {
                shortResponses++;
                abort(slot, nowNs);
            }
            return;
        }
        if (in.end() != in.sequence)
        {
            acknowledge(slot);
        }
        if (isFinished)
        {
            slots.remove(slot);
            hold(slot, nowNs);
        }
    }

    private void onStanding(final int slot, final long nowNs)
    {
        if (isReset(slot, nowNs) || in.end() == in.sequence)
        {
            return;
        }
        if (in.sequence != slots.expected(slot))
        {
            // A repeated SYN-ACK or response: what it was answered with has been lost.
            acknowledge(slot);
            return;
        }
        slots.expected(slot, in.end());
        if (in.has(Tcp.FIN))
        {
            slots.remove(slot);
            closeAfterPeer(slot, nowNs);
        }
        else
        {
            acknowledge(slot);
        }
    }

    private void onClosing(final int slot, final long nowNs)
    {
        if (in.has(Tcp.RST))
        {
            complete(slot, nowNs);
            return;
        }
        int state = slots.state(slot);
        if (state != FIN_WAIT && in.has(Tcp.ACK) && in.acknowledgement == slots.sequence(slot))
        {
            if (state == LAST_ACK)
            {
                complete(slot, nowNs);
                return;
            }
            state = FIN_WAIT;
            slots.state(slot, state);
        }
        if (in.sequence == slots.expected(slot) && in.end() != in.sequence)
        {
            slots.expected(slot, in.end());
            acknowledge(slot);
            if (in.has(Tcp.FIN) && state == FIN_WAIT)
            {
                complete(slot, nowNs);
            }
            else if (in.has(Tcp.FIN))
            {
                slots.state(slot, LAST_ACK);
            }
        }
        else if (in.end() != in.sequence)
        {
            acknowledge(slot);
        }
    }

    /** A FIN that comes again: its acknowledgement was lost. Anything else belongs to nothing. */
    private void onFree(final int slot)
    {
        if (in.has(Tcp.FIN) && in.end() == slots.expected(slot))
        {
            acknowledge(slot);
        }
        else
        {
            unexpected++;
        }
    }

    private boolean isReset(final int slot, final long nowNs)
    {
        if (in.has(Tcp.RST))
        {
            // Only where the peer is: anything else could be of the connection before (RFC 5961 section 3).
            if (in.sequence == slots.expected(slot))
            {
                reset++;
                end(slot, nowNs);
            }
            else
            {
                unexpected++;
            }
            return true;
        }
        return false;
    }

    /**
     * Repeats what was not answered in time, gives up what was repeated too often, and ends what has stayed long
     * enough.
     *
     * @param nowNs now.
     * @param limit most connections that are looked after.
     * @return how many there were.
     */
    public int expire(final long nowNs, final int limit)
    {
        int count = 0;
        for (int queue = 0; queue <= holdQueue; queue++)
        {
            int slot = ConnectionSlots.NONE;
            while (count < limit && (slot = slots.takeExpired(queue, nowNs)) != ConnectionSlots.NONE)
            {
                count++;
                if (queue == holdQueue)
                {
                    close(slot, nowNs);
                }
                else
                {
                    repeat(slot, nowNs);
                }
            }
        }
        return count;
    }

    /**
     * Ends connections that would stay longer.
     *
     * @param nowNs now.
     * @param limit most of them.
     * @return how many there were.
     */
    public int endHolds(final long nowNs, final int limit)
    {
        int count = 0;
        int slot = ConnectionSlots.NONE;
        while (count < limit && (slot = slots.takeFirst(holdQueue)) != ConnectionSlots.NONE)
        {
            count++;
            close(slot, nowNs);
        }
        return count;
    }

    private void repeat(final int slot, final long nowNs)
    {
        final int attempts = slots.attempts(slot);
        final int state = slots.state(slot);
        if (attempts >= plan.attempts())
        {
            if (state == SYN_SENT)
            {
                timedOut++;
                end(slot, nowNs);
            }
            else
            {
                unanswered++;
                abort(slot, nowNs);
            }
            return;
        }
        switch (state)
        {
            case SYN_SENT ->
            {
                synRepeated++;
                send(slot, Tcp.SYN, slots.sequence(slot) - 1, Payload.NONE);
            }
            case REQUEST_SENT ->
            {
                requestsRepeated++;
                send(slot, Tcp.ACK | Segment.PSH, slots.sequence(slot) - plan.request().length(), plan.request());
            }
            default ->
            {
                finsRepeated++;
                send(slot, Tcp.FIN | Tcp.ACK, slots.sequence(slot) - 1, Payload.NONE);
            }
        }
        slots.attempts(slot, attempts + 1);
        slots.append(attempts, slot, nowNs + (plan.timeoutNs() << attempts));
    }

    /** After a first sending: the answer is waited for. */
    private void await(final int slot, final int state, final long nowNs)
    {
        slots.state(slot, state);
        slots.attempts(slot, 1);
        slots.append(0, slot, nowNs + plan.timeoutNs());
    }

    private void hold(final int slot, final long nowNs)
    {
        if (plan.holdNs() == 0)
        {
            close(slot, nowNs);
            return;
        }
        slots.state(slot, STANDING);
        final boolean isForever = plan.holdNs() == ClientPlan.FOREVER;
        // The furthest that a deadline can be away without seeming past.
        slots.append(holdQueue, slot, nowNs + (isForever ? TimeUnit.DAYS.toNanos(20) : plan.holdNs()));
    }

    private void close(final int slot, final long nowNs)
    {
        if (plan.isReset())
        {
            send(slot, Tcp.RST | Tcp.ACK, slots.sequence(slot), Payload.NONE);
            complete(slot, nowNs);
            return;
        }
        sendFin(slot);
        await(slot, FIN_SENT, nowNs);
    }

    private void closeAfterPeer(final int slot, final long nowNs)
    {
        closedByPeer++;
        sendFin(slot);
        await(slot, LAST_ACK, nowNs);
    }

    private void sendFin(final int slot)
    {
        send(slot, Tcp.FIN | Tcp.ACK, slots.sequence(slot), Payload.NONE);
        slots.sequence(slot, slots.sequence(slot) + 1);
    }

    private void complete(final int slot, final long nowNs)
    {
        completed++;
        end(slot, nowNs);
    }

    private void abort(final int slot, final long nowNs)
    {
        send(slot, Tcp.RST | Tcp.ACK, slots.sequence(slot), Payload.NONE);
        end(slot, nowNs);
    }

    private void end(final int slot, final long nowNs)
    {
        if (slots.state(slot) != SYN_SENT)
        {
            standing--;
        }
        open--;
        slots.remove(slot);
        slots.state(slot, FREE);
        slots.append(freeQueue, slot, nowNs);
    }

    private void acknowledge(final int slot)
    {
        send(slot, Tcp.ACK, slots.sequence(slot), Payload.NONE);
    }

    private void send(final int slot, final int flags, final int sequence, final Payload data)
    {
        final long frame = link.claim();
        if (frame == 0)
        {
            // As if it were lost on the way: it is repeated in time.
            return;
        }
        out.sourceLow = plan.sourceLow() + plan.addressIndex(slot);
        out.sourcePort = plan.port(slot);
        out.flags = flags;
        out.sequence = sequence;
        out.acknowledgement = (flags & Tcp.ACK) != 0 ? slots.expected(slot) : 0;
        link.commit(out.write(frame, data));
        sent++;
    }

    /** @return connections that are neither completed nor failed. */
    public long open()
    {
        return open;
    }

    /** @return times from the first SYN to the SYN-ACK, repetitions included, in nanoseconds. */
    public Histogram handshakes()
    {
        return handshakes;
    }

    /** @return everything that is counted. */
    public ClientCounts counts()
    {
        return new ClientCounts(opened, established, completed, closedByPeer, timedOut, refused, reset, unanswered,
            shortResponses, synRepeated, requestsRepeated, finsRepeated, unexpected, foreign, sent, received, open,
            standing, mostStanding);
    }

    @Override
    public void close()
    {
        slots.close();
    }
}
