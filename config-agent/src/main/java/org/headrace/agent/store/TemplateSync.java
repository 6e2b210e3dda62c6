package org.headrace.agent.store;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.headrace.agent.publish.DataPlaneSession;
import org.headrace.agent.publish.TemplateListener;
import org.headrace.protocol.TemplateSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.TimeUnit;

/**
 * Keeps store and data plane in step: once a generation is in force, asks for the feed; loads the store back if the
 * data plane's table is new; and stores what the feed tells. Runs on the session's thread.
 */
public final class TemplateSync implements Agent, TemplateListener
{
    private enum State
    {
        IDLE, ASKED, LOADING, IN_STEP
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(TemplateSync.class);
    private static final int SEND_LIMIT = 1_024;
    /** One poll of the session brings as many messages at the most. */
    private static final int POLL_ROOM = 64;
    private static final long ASK_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    /** Longer than this the data plane is not kept waiting for a store that does not move. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);

    private final DataPlaneSession session;
    private final StoreAgent store;
    private final NanoClock clock;
    private State state = State.IDLE;
    private boolean isWanted;
    private long stateSinceNs;
    private long noRoomSinceNs;
    private boolean hasNoRoom;
    private long lost;
    private TemplateSnapshot unsent;
    private long sent;

    /**
     * @param session of the data plane.
     * @param store   on its own thread.
     * @param clock   for time-outs.
     */
    public TemplateSync(final DataPlaneSession session, final StoreAgent store, final NanoClock clock)
    {
        this.session = session;
        this.store = store;
        this.clock = clock;
        session.templateListener(this);
    }

    /** @param isOn whether any service is persistent; the store is opened when the first one is. */
    public void persistence(final boolean isOn)
    {
        isWanted = isOn;
        if (isOn)
        {
            store.open();
        }
    }

    /** @return true if the store can be loaded from, or is not wanted, or cannot be had. */
    public boolean isStoreSettled()
    {
        return !isWanted || store.isOpen() || store.isUnavailable();
    }

    /** @return true if the data plane has what the store had. */
    public boolean isInStep()
    {
        return !isWanted || store.isUnavailable() || state == State.IN_STEP;
    }

    /** The data plane is lost; the next one is asked anew. */
    public void onDisconnected()
    {
        enter(State.IDLE);
    }

    @Override
    public int doWork()
    {
        return switch (state)
        {
            case IDLE -> ask();
            case ASKED -> checkAnswer();
            case LOADING -> restore();
            case IN_STEP -> heal();
        };
    }

    @Override
    public String roleName()
    {
        return "template-sync";
    }

    @Override
    public void onTemplateFeed(final boolean isRestored)
    {
        if (state != State.ASKED)
        {
            return;
        }
        if (isRestored)
        {
            enter(State.IN_STEP);
            return;
        }
        store.load();
        unsent = null;
        sent = 0;
        enter(State.LOADING);
    }

    @Override
    public void onTemplate(final TemplateSnapshot template)
    {
        if (!store.offer(template))
        {
            lost++;
        }
    }

    @Override
    public boolean hasRoom()
    {
        if (!store.isOpen() || store.room() >= POLL_ROOM)
        {
            hasNoRoom = false;
            return true;
        }
        final long nowNs = clock.nanoTime();
        if (!hasNoRoom)
        {
            hasNoRoom = true;
            noRoomSinceNs = nowNs;
        }
        return nowNs - noRoomSinceNs > PATIENCE_NS;
    }

    private int ask()
    {
        if (!isWanted || !store.isOpen() || !session.templateFeed())
        {
            return 0;
        }
        enter(State.ASKED);
        return 1;
    }

    private int checkAnswer()
    {
        if (clock.nanoTime() - stateSinceNs > ASK_TIMEOUT_NS)
        {
            enter(State.IDLE);
        }
        return 0;
    }

    private int restore()
    {
        int count = 0;
        while (count < SEND_LIMIT)
        {
            unsent = unsent == null ? store.pollLoaded() : unsent;
            if (unsent == null || !session.templateRestore(unsent))
            {
                break;
            }
            unsent = null;
            count++;
        }
        sent += count;
        if (unsent == null && store.isLoaded() && session.templateRestoreEnd(sent))
        {
            LOGGER.info("event=templates-restored count={} ms={}", sent,
                TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - stateSinceNs));
            enter(State.IN_STEP);
            count++;
        }
        return count;
    }

    /** What the store had no room for is asked for again, all of it, when it has room. */
    private int heal()
    {
        if (lost == 0 || store.room() < POLL_ROOM)
        {
            return 0;
        }
        LOGGER.warn("event=templates-lost count={}", lost);
        lost = 0;
        enter(State.IDLE);
        return 1;
    }

    private void enter(final State next)
    {
        state = next;
        stateSinceNs = clock.nanoTime();
    }
}
