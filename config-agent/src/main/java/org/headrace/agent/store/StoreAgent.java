package org.headrace.agent.store;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.headrace.protocol.TemplateSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Owns the store, on a thread of its own: opening it takes seconds, and a put may wait for the disk.
 *
 * <p><b>Assumptions and guarantees.</b> One other thread calls the public methods, but for those of {@link Agent}. Both
 * directions are bounded queues with one producer and one consumer; nobody waits for the other.
 */
public final class StoreAgent implements Agent
{
    /** Opens the store. */
    @FunctionalInterface
    public interface Opening
    {
        /** @return the open store. @throws IOException if there can be none. */
        TemplateStore open() throws IOException;
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(StoreAgent.class);
    private static final int QUEUE_CAPACITY = 1 << 14;
    private static final int PUT_LIMIT = 1_024;
    private static final long PURGE_INTERVAL_MS = 100;
    private static final int NOT_LOADING = -1;

    private enum State
    {
        CLOSED, OPENING, OPEN, UNAVAILABLE
    }

    private final OneToOneConcurrentArrayQueue<TemplateSnapshot> toStore =
        new OneToOneConcurrentArrayQueue<>(QUEUE_CAPACITY);
    private final OneToOneConcurrentArrayQueue<TemplateSnapshot> loaded =
        new OneToOneConcurrentArrayQueue<>(QUEUE_CAPACITY);
    private final Opening opening;
    private final EpochClock clock;
    private volatile State state = State.CLOSED;
    private volatile long storedCount;
    /** Number of the load that is wanted, and of the one that is done: a load may be wanted anew in its middle. */
    private volatile int wantedLoad;
    private volatile int doneLoad;

    /** The other thread's: number of the load that it wanted last. */
    private int lastLoad;

    private TemplateStore store;
    private int currentLoad;
    private int loadSegment = NOT_LOADING;
    private List<TemplateSnapshot> batch = List.of();
    private int batchIndex;
    private int purgeSegment;
    private long nextPurgeMs;
    private boolean isFullReported;

    /**
     * @param opening of the store, when it is first wanted.
     * @param clock   milliseconds since 1970.
     */
    public StoreAgent(final Opening opening, final EpochClock clock)
    {
        this.opening = opening;
        this.clock = clock;
    }

    /** Has the store opened, if it is not. */
    public void open()
    {
        if (state == State.CLOSED)
        {
            state = State.OPENING;
        }
    }

    /** @return true if templates can be put and loaded. */
    public boolean isOpen()
    {
        return state == State.OPEN;
    }

    /** @return true if the store could not be opened, and will not be. */
    public boolean isUnavailable()
    {
        return state == State.UNAVAILABLE;
    }

    /** @return name of the store's state, for people. */
    public String stateName()
    {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** @return templates in the store, as counted a moment ago; those included that wait to be purged. */
    public long storedCount()
    {
        return storedCount;
    }

    /** @param template to store. @return false if there is no room for it now. */
    public boolean offer(final TemplateSnapshot template)
    {
        return toStore.offer(template);
    }

    /** @return number of templates that may be offered now. */
    public int room()
    {
        return toStore.remainingCapacity();
    }

    /** Has all templates loaded, from the beginning; what an unfinished load has given may be given once more. */
    public void load()
    {
        lastLoad++;
        wantedLoad = lastLoad;
    }

    /** @return the next loaded template, or null if none is there now. */
    public TemplateSnapshot pollLoaded()
    {
        return loaded.poll();
    }

    /** @return true if the load is done and {@link #pollLoaded} has given everything. */
    public boolean isLoaded()
    {
        // In this order: the last template is in the queue before the load is done.
        return doneLoad == lastLoad && loaded.isEmpty();
    }

    @Override
    public int doWork()
    {
        if (state == State.OPENING)
        {
            openStore();
        }
        if (store == null)
        {
            return 0;
        }
        try
        {
            return put() + loadSome() + purgeSome();
        }
        catch (final RuntimeException ex)
        {
            beginAnew(ex.toString());
            return 1;
        }
    }

    @Override
    public void onClose()
    {
        if (store != null)
        {
            while (put() > 0)
            {
                LOGGER.debug("event=store-drained templates={}", store.size());
            }
            store.close();
            store = null;
        }
        state = State.UNAVAILABLE;
    }

    @Override
    public String roleName()
    {
        return "template-store";
    }

    private void openStore()
    {
        try
        {
            store = opening.open();
            state = State.OPEN;
        }
        catch (final IOException | RuntimeException ex)
        {
            LOGGER.error("event=store-unavailable reason=\"{}\": session persistence will not survive a reboot",
                ex.toString());
            state = State.UNAVAILABLE;
        }
    }

    /** What is damaged behind the store's back is of no use; the feed fills the new file within a round. */
    private void beginAnew(final String reason)
    {
        LOGGER.debug("event=store-damaged reason=\"{}\"", reason);
        try
        {
            store.discard(reason);
        }
        catch (final IOException ex)
        {
            LOGGER.error("event=store-not-set-aside reason=\"{}\"", ex.toString());
        }
        store = null;
        loadSegment = NOT_LOADING;
        batch = List.of();
        purgeSegment = 0;
        doneLoad = currentLoad;
        openStore();
    }

    private int put()
    {
        int count = 0;
        TemplateSnapshot template = toStore.poll();
        while (template != null)
        {
            final boolean isPut = store.put(template);
            if (!isPut && !isFullReported)
            {
                isFullReported = true;
                LOGGER.error("event=store-full templates={}", store.size());
            }
            if (++count == PUT_LIMIT)
            {
                break;
            }
            template = toStore.poll();
        }
        return count;
    }

    /** Goes on as far as the queue has room. */
    private int loadSome()
    {
        final int wanted = wantedLoad;
        if (wanted != currentLoad)
        {
            currentLoad = wanted;
            loadSegment = 0;
            batch = List.of();
            batchIndex = 0;
        }
        if (loadSegment == NOT_LOADING)
        {
            return 0;
        }
        int count = 0;
        while (batchIndex < batch.size() && loaded.offer(batch.get(batchIndex)))
        {
            batchIndex++;
            count++;
        }
        if (batchIndex < batch.size())
        {
            return count;
        }
        if (loadSegment == store.segments())
        {
            loadSegment = NOT_LOADING;
            batch = List.of();
            doneLoad = currentLoad;
            return count + 1;
        }
        batch = store.read(loadSegment++, clock.time());
        batchIndex = 0;
        return count + 1;
    }

    private int purgeSome()
    {
        final long nowMs = clock.time();
        if (nowMs < nextPurgeMs)
        {
            return 0;
        }
        nextPurgeMs = nowMs + PURGE_INTERVAL_MS;
        purgeSegment = purgeSegment >= store.segments() - 1 ? 0 : purgeSegment + 1;
        final int purged = store.purge(purgeSegment, nowMs);
        storedCount = store.size();
        isFullReported &= purged == 0;
        return purged;
    }
}
