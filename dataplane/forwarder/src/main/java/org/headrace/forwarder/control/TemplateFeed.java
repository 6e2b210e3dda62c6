package org.headrace.forwarder.control;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.affinity.PersistenceTable;
import org.headrace.forwarder.affinity.PersistentScheduler;
import org.headrace.forwarder.affinity.Template;
import org.headrace.forwarder.affinity.TemplateQueue;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.TemplateSnapshot;
import org.headrace.protocol.counters.CountersFile;
import org.headrace.protocol.counters.WorkerCounter;

import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/**
 * Keeps the agent's store of templates in step with the table, and the table free of what has expired.
 *
 * <p>What a worker has changed comes through the queue at once. Besides, a sweep goes round the table in slices: it
 * erases, counts, and sends whatever the agent was not told of because the queue was full or there was no agent. So
 * both sides agree in the end, whatever was lost in between. Back pressure holds up both, and nothing else. Used by the
 * conductor's thread only.
 */
final class TemplateFeed
{
    /** Changes that one call of {@link #doWork} sends, at most. */
    static final int QUEUE_LIMIT = 256;
    /** Places that one slice of the sweep looks at. */
    static final int SLICE = 1_024;
    /** Pause between two slices, unless an agent waits for all templates: a round of a million takes 14 s. */
    private static final long SLICE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private final PersistenceTable table;
    private final TemplateQueue changes;
    private final TemplateDirectory directory;
    private final ControlResponseProxy responses;
    private final CountersFile counters;
    private final NanoClock clock;
    private final EpochClock epochClock;
    private final Template template = new Template();
    private final Template restored = new Template();
    private final IntPredicate onChange = this::onChange;

    private long nowMs;
    private long offsetMs;
    private boolean isOn;
    /** An agent waits for the end of this round of the sweep. */
    private boolean isHurried;
    /** And wants even what a former one was told. */
    private boolean isEverything;
    private int cursor;
    private long nextSliceNs;
    private long templatesInRound;
    private long expiredCount;
    private long restoredCount;

    TemplateFeed(
        final Affinity affinity,
        final TemplateDirectory directory,
        final ControlResponseProxy responses,
        final CountersFile counters,
        final NanoClock clock,
        final EpochClock epochClock)
    {
        this.table = affinity.templates();
        this.changes = affinity.changes();
        this.directory = directory;
        this.responses = responses;
        this.counters = counters;
        this.clock = clock;
        this.epochClock = epochClock;
        this.nextSliceNs = clock.nanoTime();
        this.expiredCount = counters.get(0, WorkerCounter.PERSISTENCE_EXPIRED);
        this.restoredCount = counters.get(0, WorkerCounter.PERSISTENCE_RESTORED);
    }

    /** An agent wants everything from now on. @return whether the table has had what an agent had stored. */
    boolean begin()
    {
        isOn = true;
        changes.switchOn(true);
        if (table.isRestored())
        {
            hurryRound(true);
        }
        return table.isRestored();
    }

    /** The agent is gone, or another one has come: it will ask for itself. */
    void end()
    {
        isOn = false;
        isHurried = false;
        isEverything = false;
        changes.switchOn(false);
    }

    /** @param snapshot that the agent has stored. */
    void restore(final TemplateSnapshot snapshot)
    {
        readClocks();
        final int server = directory.resolve(snapshot, restored);
        if (server == ConfigurationInForce.NO_SLOT)
        {
            return;
        }
        // A clock that was put back must not make a template live longer than its service says.
        final long latestMs = nowMs + directory.timeoutMs(snapshot.service());
        final long expiresMs = Math.min(snapshot.expiresMs() - offsetMs, latestMs);
        if (table.restore(restored, server, directory.identity(server), expiresMs, nowMs))
        {
            restoredCount++;
        }
    }

    /** The agent has sent all that it had stored. What it has not is sent to it now. */
    void endRestore()
    {
        table.restored();
        counters.set(0, WorkerCounter.PERSISTENCE_RESTORED, restoredCount);
        hurryRound(false);
    }

    /** @return number of templates and places dealt with. */
    int doWork()
    {
        final long nowNs = clock.nanoTime();
        int workCount = 0;
        if (isOn)
        {
            readClocks();
            workCount += changes.drain(onChange, QUEUE_LIMIT);
        }
        if (isHurried || nowNs - nextSliceNs >= 0)
        {
            nextSliceNs = nowNs + SLICE_INTERVAL_NS;
            readClocks();
            workCount += sweep();
        }
        return workCount;
    }

    private void hurryRound(final boolean isEverythingWanted)
    {
        isHurried = true;
        isEverything = isEverythingWanted;
        cursor = 0;
        templatesInRound = 0;
    }

    private int sweep()
    {
        final int begin = cursor;
        final int end = Math.min(begin + SLICE, table.capacity());
        while (cursor < end)
        {
            if (table.read(cursor, template) && !visit())
            {
                // No room: the next slice begins here.
                return isHurried ? cursor - begin : 0;
            }
            cursor++;
        }
        if (cursor == table.capacity())
        {
            endRound();
        }
        return isHurried ? end - begin : 0;
    }

    private void endRound()
    {
        counters.set(0, WorkerCounter.PERSISTENCE_CAPACITY, table.capacity());
        counters.set(0, WorkerCounter.PERSISTENCE_TEMPLATES, templatesInRound);
        counters.set(0, WorkerCounter.PERSISTENCE_EXPIRED, expiredCount);
        counters.set(0, WorkerCounter.PERSISTENCE_RESTORED, restoredCount);
        cursor = 0;
        templatesInRound = 0;
        isHurried = false;
        isEverything = false;
    }

    /** Returns false if the template has to be sent and found no room. */
    private boolean visit()
    {
        if (template.expiresMs() <= nowMs)
        {
            expiredCount += table.eraseExpired(template.index(), nowMs) ? 1 : 0;
            return true;
        }
        if (isOn && !send(isEverything))
        {
            return false;
        }
        templatesInRound++;
        return true;
    }

    private boolean onChange(final int index)
    {
        return index < 0 || index >= table.capacity() || !table.read(index, template) || send(false);
    }

    /** Sends the template if the agent does not know it well enough, or always; returns false if there is no room. */
    private boolean send(final boolean isAlways)
    {
        if (!isAlways && template.toldMs() == template.expiresMs())
        {
            return true;
        }
        final TemplateSnapshot snapshot = directory.describe(template, offsetMs);
        if (snapshot == null || !isAlways && !isWorthTelling(snapshot))
        {
            return true;
        }
        if (!responses.template(0, snapshot))
        {
            return false;
        }
        table.told(template);
        return true;
    }

    private boolean isWorthTelling(final TemplateSnapshot snapshot)
    {
        final long intervalMs = PersistentScheduler.tellIntervalMs(directory.timeoutMs(snapshot.service()));
        return Math.abs(template.expiresMs() - template.toldMs()) >= intervalMs;
    }

    private void readClocks()
    {
        nowMs = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
        offsetMs = epochClock.time() - nowMs;
    }
}
