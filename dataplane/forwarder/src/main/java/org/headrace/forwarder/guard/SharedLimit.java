package org.headrace.forwarder.guard;

import java.util.List;

/**
 * One kind of one limit, divided among the workers: the conductor's side of {@link Allowances}. Conductor's thread
 * only.
 *
 * <p><b>Assumptions and guarantees.</b> For each worker there is a bound that it cannot go above: its allowance if it
 * has taken the last one that was sent, else the larger one of the last two; or what it has, if that is more. The sum
 * of the bounds never rises above the budget by what is sent here. An allowance is changed only after the last one was
 * taken. So a worker that runs short gets what others do not use in two steps: theirs is lowered, and when they have
 * taken that, its own is raised.
 */
public final class SharedLimit
{
    /** A worker runs short when it has less left than this part of an even share. */
    private static final int SHORT_PARTS = 4;

    private final Allowances[] workers;
    private final int limit;
    private final int kind;
    private final long[] sent;
    private final long[] before;
    private final long[] refused;
    private final long[] used;
    private final long[] bound;
    private final long[] target;
    private final boolean[] isSettled;
    private final boolean[] isShort;
    private final boolean[] hasSent;

    /**
     * @param workers all of them; they have taken a table with the limit, and no allowance of it.
     * @param limit   slot.
     * @param kind    {@link Allowances#CONNECTIONS} or {@link Allowances#OPENED}.
     */
    public SharedLimit(final List<Allowances> workers, final int limit, final int kind)
    {
        this.workers = workers.toArray(new Allowances[0]);
        this.limit = limit;
        this.kind = kind;
        sent = new long[workers.size()];
        before = new long[workers.size()];
        refused = new long[workers.size()];
        used = new long[workers.size()];
        bound = new long[workers.size()];
        target = new long[workers.size()];
        isSettled = new boolean[workers.size()];
        isShort = new boolean[workers.size()];
        hasSent = new boolean[workers.size()];
    }

    /** @return true if every worker has taken what was sent to it last. */
    public boolean isSettled()
    {
        look();
        boolean areSettled = true;
        for (int i = 0; i < workers.length; i++)
        {
            areSettled &= isSettled[i] || !hasSent[i];
        }
        return areSettled;
    }

    /** @return what all workers have used, each as of its last plain store. */
    public long used()
    {
        long sum = 0;
        for (final Allowances worker : workers)
        {
            sum += worker.usedOpaque(limit, kind);
        }
        return sum;
    }

    /**
     * Divides the budget anew, as far as it can be done now: to each what it uses, and an even share of what is left.
     *
     * @param budget most that all workers together may use, or {@link Allowances#UNLIMITED}.
     * @return how many allowances were sent.
     */
    public int divide(final long budget)
    {
        look();
        if (budget == Allowances.UNLIMITED)
        {
            return liftAll();
        }
        long spare = budget;
        long free = budget;
        for (int i = 0; i < workers.length; i++)
        {
            spare -= used[i];
            // No number to calculate with: nothing is free while a worker has no limit yet.
            free -= bound[i] == Allowances.UNLIMITED ? budget : bound[i];
        }
        spare = Math.max(0, spare);
        final long share = spare / workers.length;
        aim(share, spare - share * workers.length);
        return lowerAll(free) + raiseAll(free, share);
    }

    /** What cannot be divided goes to those who are short, then to the others. */
    private void aim(final long share, final long remainder)
    {
        long odd = remainder;
        for (int i = 0; i < workers.length; i++)
        {
            final long nowRefused = workers[i].refusedOpaque(limit, kind);
            isShort[i] |= nowRefused != refused[i] || sent[i] - used[i] < share / SHORT_PARTS;
            refused[i] = nowRefused;
        }
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < workers.length; i++)
            {
                if (isShort[i] == (round == 0))
                {
                    target[i] = used[i] + share + (odd-- > 0 ? 1 : 0);
                }
            }
        }
        for (int i = 0; i < workers.length; i++)
        {
            isShort[i] &= sent[i] < target[i] || sent[i] == used[i];
        }
    }

    /** Takes from those who have more than their target, if somebody needs it or the budget has become smaller. */
    private int lowerAll(final long free)
    {
        long needed = 0;
        for (int i = 0; i < workers.length; i++)
        {
            needed += isShort[i] ? Math.max(0, target[i] - sent[i]) : 0;
        }
        int count = 0;
        for (int i = 0; i < workers.length; i++)
        {
            if (isSettled[i] && sent[i] > target[i] && (free < needed || sent[i] == Allowances.UNLIMITED))
            {
                count += send(i, target[i]) ? 1 : 0;
            }
        }
        return count;
    }

    private int raiseAll(final long free, final long share)
    {
        long left = free;
        int count = 0;
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < workers.length; i++)
            {
                // A trickle is not worth a message, unless the worker waits for it; who waits comes first.
                final long more = Math.min(left, target[i] - sent[i]);
                final boolean isWanted = round == 0 ? isShort[i] : !isShort[i] && more > share / SHORT_PARTS;
                if (isSettled[i] && isWanted && more > 0 && send(i, sent[i] + more))
                {
                    left -= more;
                    isShort[i] = false;
                    isSettled[i] = false;
                    count++;
                }
            }
        }
        return count;
    }

    private int liftAll()
    {
        int count = 0;
        for (int i = 0; i < workers.length; i++)
        {
            count += isSettled[i] && sent[i] != Allowances.UNLIMITED && send(i, Allowances.UNLIMITED) ? 1 : 0;
        }
        return count;
    }

    private boolean send(final int worker, final long value)
    {
        if (!workers[worker].grant(limit, kind, value))
        {
            return false;
        }
        before[worker] = sent[worker];
        sent[worker] = value;
        hasSent[worker] = true;
        return true;
    }

    private void look()
    {
        for (int i = 0; i < workers.length; i++)
        {
            isSettled[i] = workers[i].takenAcquire(limit, kind) == sent[i];
            // After taken: what is seen is at least what was used when it was taken; above an allowance it only falls.
            used[i] = workers[i].usedOpaque(limit, kind);
            bound[i] = Math.max(used[i], isSettled[i] ? sent[i] : Math.max(sent[i], before[i]));
        }
    }
}
