package org.headrace.agent.health;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import org.headrace.protocol.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * {@link HealthChecker} that opens TCP connections, on one event loop over io_uring, or NIO where that is not to be
 * had.
 *
 * <p>Assumptions and guarantees: {@link #start} and {@link #close} are called by one thread, {@link #targets} by any in
 * between. All state belongs to the daemon thread {@code headrace-health}, on which the callbacks come, too. After
 * {@link #close} has returned there are no more callbacks, unless it was called by one.
 */
public final class TcpHealthChecker implements HealthChecker
{
    /** Probes under way at a time, each with a file descriptor; what is due beyond waits, the oldest first. */
    public static final int IN_FLIGHT_LIMIT = 8_192;

    private static final Logger LOGGER = LoggerFactory.getLogger(TcpHealthChecker.class);
    private static final long MIN_TICK_MS = 10;
    private static final long MAX_TICK_MS = 100;
    private static final long CLOSE_TIMEOUT_MS = 2_000;

    private final List<IpAddress> sources;
    private final boolean isIoUringWanted;
    private final int inFlightLimit;
    private MultiThreadIoEventLoopGroup group;
    private volatile EventLoop eventLoop;
    private volatile boolean isClosed;
    private ProbeAgent agent;
    // Of the event loop's thread.
    private boolean isTicking;

    /** Probes come from the address that the routes choose. */
    public TcpHealthChecker()
    {
        this(List.of());
    }

    /**
     * @param sources addresses of this host to probe from, taken in turn, so that firewalls of servers can let them
     *                pass; a family without any is probed from the address that the routes choose.
     */
    public TcpHealthChecker(final List<IpAddress> sources)
    {
        this(sources, true, IN_FLIGHT_LIMIT);
    }

    TcpHealthChecker(final List<IpAddress> sources, final boolean isIoUringWanted, final int inFlightLimit)
    {
        this.sources = List.copyOf(sources);
        this.isIoUringWanted = isIoUringWanted;
        this.inFlightLimit = inFlightLimit;
    }

    @Override
    public void start(final HealthListener listener)
    {
        if (eventLoop != null || isClosed)
        {
            throw new IllegalStateException("a health checker is started once");
        }
        final boolean isIoUring = isIoUringWanted && IoUring.isAvailable();
        if (!isIoUring)
        {
            LOGGER.warn("event=health_transport transport=nio reason=\"io_uring is not available\" cause=\"{}\"",
                String.valueOf(IoUring.unavailabilityCause()));
        }
        final IoHandlerFactory factory = isIoUring ? IoUringIoHandler.newFactory() : NioIoHandler.newFactory();
        final Class<? extends Channel> channel = isIoUring ? IoUringSocketChannel.class : NioSocketChannel.class;
        group = new MultiThreadIoEventLoopGroup(1, TcpHealthChecker::newThread, factory);
        agent = new ProbeAgent(new ConnectProbe(group, channel, sources),
            (target, isUp, reason) -> report(listener, target, isUp, reason),
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), inFlightLimit);
        eventLoop = group.next();
    }

    @Override
    public void targets(final Set<HealthTarget> targets)
    {
        final EventLoop loop = eventLoop;
        if (loop == null || isClosed)
        {
            throw new IllegalStateException("isStarted=" + (loop != null) + " isClosed=" + isClosed);
        }
        final Set<HealthTarget> copy = Set.copyOf(targets);
        copy.forEach(TcpHealthChecker::check);
        loop.execute(() ->
        {
            agent.targets(copy);
            if (!isTicking)
            {
                tick();
            }
        });
    }

    @Override
    public void close()
    {
        isClosed = true;
        if (group != null)
        {
            group.shutdownGracefully(0, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            if (!eventLoop.inEventLoop())
            {
                group.terminationFuture().awaitUninterruptibly(2 * CLOSE_TIMEOUT_MS);
            }
        }
    }

    private void tick()
    {
        isTicking = agent.hasTargets() && !isClosed;
        if (!isTicking)
        {
            return;
        }
        try
        {
            agent.doWork();
        }
        catch (final RuntimeException ex)
        {
            LOGGER.error("event=health_agent_error", ex);
        }
        eventLoop.schedule(this::tick, Math.clamp(agent.delayMs(), MIN_TICK_MS, MAX_TICK_MS), TimeUnit.MILLISECONDS);
    }

    private void report(
        final HealthListener listener, final HealthTarget target, final boolean isUp, final String reason)
    {
        // Probes that are cut off by the close must not look like failures of their servers.
        if (!isClosed)
        {
            listener.onHealth(target, isUp, reason);
        }
    }

    private static void check(final HealthTarget target)
    {
        if (target.intervalMs() < 1 || target.timeoutMs() < 1 || target.timeoutMs() > Integer.MAX_VALUE ||
            target.healthyThreshold() < 1 || target.unhealthyThreshold() < 1 || target.server().port() < 1)
        {
            throw new IllegalArgumentException("interval, timeout, thresholds and port have to be >= 1: " + target);
        }
    }

    private static Thread newThread(final Runnable task)
    {
        final Thread thread = new FastThreadLocalThread(null, task, "headrace-health");
        thread.setDaemon(true);
        return thread;
    }
}
