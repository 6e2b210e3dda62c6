package org.headrace.forwarder.answer;

import static org.headrace.protocol.counters.DropReason.ANSWER_LIMIT;

import org.headrace.forwarder.counters.WorkerCounters;
import org.headrace.forwarder.io.PacketBatch;
import org.headrace.forwarder.io.Verdict;
import org.headrace.forwarder.parse.ParsedBatch;
import org.headrace.protocol.counters.WorkerCounter;

/** The answers that one worker gives, counted and limited. Each method returns the frame's verdict. */
public final class Answers
{
    private final TcpReset reset = new TcpReset();
    private final IcmpErrorAnswer error = new IcmpErrorAnswer();
    private final AnswerLimit limit = new AnswerLimit();
    private final WorkerCounters counters;

    /** @param counters of the worker. */
    public Answers(final WorkerCounters counters)
    {
        this.counters = counters;
    }

    /** @param batch of frames. @param parsed of the batch. @param i a segment without RST. @return the verdict. */
    public int reset(final PacketBatch batch, final ParsedBatch parsed, final int i)
    {
        // Not limited: a reset is no longer than what it answers, and stops the sender.
        reset.write(batch, parsed, i);
        counters.add(WorkerCounter.ANSWERED_RESET, 1);
        return Verdict.ANSWER;
    }

    /** @param batch of frames. @param parsed of the batch. @param i which. @param nowMs clock. @return the verdict. */
    public int noServer(final PacketBatch batch, final ParsedBatch parsed, final int i, final long nowMs)
    {
        if (!limit.tryTake(nowMs))
        {
            return Verdict.drop(ANSWER_LIMIT);
        }
        error.portUnreachable(batch, parsed, i);
        counters.add(WorkerCounter.ANSWERED_NO_SERVER, 1);
        return Verdict.ANSWER;
    }

    /** @param batch of frames. @param parsed of the batch. @param i which. @param nowMs clock. @return the verdict. */
    public int timeExceeded(final PacketBatch batch, final ParsedBatch parsed, final int i, final long nowMs)
    {
        if (!limit.tryTake(nowMs))
        {
            return Verdict.drop(ANSWER_LIMIT);
        }
        error.timeExceeded(batch, parsed, i);
        counters.add(WorkerCounter.ANSWERED_TIME_EXCEEDED, 1);
        return Verdict.ANSWER;
    }

    /**
     * @param batch    of frames.
     * @param parsed   of the batch.
     * @param i        which.
     * @param mtuBytes of the way out.
     * @param nowMs    clock.
     * @return the verdict.
     */
    public int tooBig(
        final PacketBatch batch, final ParsedBatch parsed, final int i, final int mtuBytes, final long nowMs)
    {
        if (!limit.tryTake(nowMs))
        {
            return Verdict.drop(ANSWER_LIMIT);
        }
        error.tooBig(batch, parsed, i, mtuBytes);
        counters.add(WorkerCounter.ANSWERED_TOO_BIG, 1);
        return Verdict.ANSWER;
    }
}
