package org.headrace.perf.generate.tcp;

import org.HdrHistogram.Histogram;
import org.agrona.concurrent.NanoClock;
import org.headrace.perf.generate.latency.ConstantSchedule;
import org.headrace.perf.generate.link.FrameHandler;
import org.headrace.perf.generate.link.FrameLink;
import org.headrace.perf.generate.link.NeighbourAnswers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens connections at a rate, or as fast as they go, with no more than so many at a time, until there were enough or
 * the time is over; then waits until all of them have ended.
 *
 * <p>One thread calls {@link #doWork}; others may ask for {@link #progress} and {@link #stop}.
 */
public final class ConnectionRun
{
    /** Rate of a run that is held back by nothing but the number of connections at a time. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    private static final int RECEIVE_LIMIT = 128;
    private static final int EXPIRE_LIMIT = 64;
    private static final int OPEN_LIMIT = 64;
    private static final int FRAMES_PER_CYCLE =
        (RECEIVE_LIMIT + EXPIRE_LIMIT) * TcpClients.FRAMES_PER_EVENT + OPEN_LIMIT;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(10);

    private final NanoClock clock;
    private final FrameLink link;
    private final TcpClients clients;
    private final NeighbourAnswers neighbours;
    private final ConstantSchedule schedule;
    private final long startNs;
    private final long durationNs;
    private final long count;
    private final long concurrent;
    private final FrameHandler handler = this::onFrame;
    private final Histogram lateness = new Histogram(HIGHEST_NS, 3);
    private final List<Long> perSecond = new ArrayList<>();
    private long nowNs;
    private long opened;
    private long openingEndNs;
    private long establishedAtEnd;
    private long secondEndNs;
    private long establishedBefore;
    private boolean isOpening = true;
    private volatile boolean isStopped;
    private volatile ClientCounts progress;

    /**
     * @param clock       of everything.
     * @param link        to work on.
     * @param clients     to open connections with.
     * @param neighbours  to answer for the clients' addresses.
     * @param ratePerSecond of new connections, or {@link #UNLIMITED}.
     * @param concurrent  most connections at a time.
     * @param count       of all connections.
     * @param durationNs  after which no more are opened.
     */
    public ConnectionRun(
        final NanoClock clock,
        final FrameLink link,
        final TcpClients clients,
        final NeighbourAnswers neighbours,
        final long ratePerSecond,
        final long concurrent,
        final long count,
        final long durationNs)
    {
        this.clock = clock;
        this.link = link;
        this.clients = clients;
        this.neighbours = neighbours;
        this.concurrent = concurrent;
        this.count = count;
        this.durationNs = durationNs;
        startNs = clock.nanoTime();
        nowNs = startNs;
        secondEndNs = startNs + SECOND_NS;
        schedule = ratePerSecond == UNLIMITED ? null : new ConstantSchedule(startNs, ratePerSecond);
        progress = clients.counts();
    }

    /** @return frames, connections and timers that were looked after; below 0 when all is done. */
    public int doWork()
    {
        nowNs = clock.nanoTime();
        int work = 0;
        if (link.hasRoom(FRAMES_PER_CYCLE))
        {
            work += link.receive(handler, RECEIVE_LIMIT);
            work += clients.expire(nowNs, EXPIRE_LIMIT);
            if (isOpening)
            {
                work += open();
            }
            else if (isStopped)
            {
                work += clients.endHolds(nowNs, OPEN_LIMIT);
            }
        }
        link.flush();
        if (nowNs - secondEndNs >= 0)
        {
            onSecond();
        }
        return !isOpening && clients.open() == 0 ? -1 : work;
    }

    private int open()
    {
        int newly = 0;
        while (newly < OPEN_LIMIT && opened < count && clients.open() < concurrent && clients.canOpen() && isDue())
        {
            if (schedule != null)
            {
                lateness.recordValue(Math.min(nowNs - schedule.dueNs(opened), HIGHEST_NS));
            }
            clients.open(nowNs);
            opened++;
            newly++;
        }
        if (opened == count || nowNs - startNs >= durationNs || isStopped)
        {
            isOpening = false;
            openingEndNs = nowNs;
            establishedAtEnd = clients.counts().established();
        }
        return newly;
    }

    private boolean isDue()
    {
        return schedule == null || nowNs - schedule.dueNs(opened) >= 0;
    }

    private void onFrame(final long frame, final int lengthBytes)
    {
        if (!neighbours.onFrame(frame, lengthBytes, link))
        {
            clients.onFrame(frame, lengthBytes, nowNs);
        }
    }

    private void onSecond()
    {
        progress = clients.counts();
        if (isOpening)
        {
            perSecond.add(progress.established() - establishedBefore);
            establishedBefore = progress.established();
        }
        secondEndNs += SECOND_NS;
    }

    /** Ends it early: nothing more is opened, and what stays is closed. Any thread may call it. */
    public void stop()
    {
        isStopped = true;
    }

    /** @return what there was at the last full second; any thread may ask. */
    public ClientCounts progress()
    {
        return progress;
    }

    /** @return established connections of each full second of the opening. */
    public List<Long> establishedPerSecond()
    {
        return perSecond;
    }

    /** @return how long connections were opened, in nanoseconds. */
    public long openingNs()
    {
        return openingEndNs - startNs;
    }

    /** @return connections that were established while others were still opened. */
    public long establishedWhileOpening()
    {
        return establishedAtEnd;
    }

    /** @return by how much connections were opened after they were due; empty without a rate. */
    public Histogram lateness()
    {
        return lateness;
    }
}
