package org.headrace.agent.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Starts children, starts them again when they end unasked, and stops them in the reverse order. Signals come in as
 * events, so that everything happens on the thread of {@link #run}.
 */
final class Supervisor
{
    private static final long LONGEST_WAIT_NS = TimeUnit.SECONDS.toNanos(60);
    /** Until a process that has begun to work no longer needs the CPU that the start of its spare would take. */
    private static final long SETTLE_NS = TimeUnit.SECONDS.toNanos(3);

    private enum Kind
    {
        STOP, RELOAD, EXIT
    }

    private record Event(Kind kind, ChildProcess child, int exitCode)
    {
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<ChildProcess> children = new ArrayList<>();
    private final LongSupplier working;
    private final PrintWriter err;

    /**
     * @param working tells which process works where two children have one name, and the other one stands by.
     * @param err     for messages.
     */
    Supervisor(final LongSupplier working, final PrintWriter err)
    {
        this.working = working;
        this.err = err;
    }

    /**
     * Adds a child; they are started in this order. A second one of the same name is its spare: the same program, and
     * the two agree among themselves which of them works. When that one ends, the other goes on at once, and a new
     * spare is started when that has settled.
     */
    void add(final String name, final List<String> command)
    {
        children.add(new ChildProcess(
            name, command, (child, exitCode) -> events.add(new Event(Kind.EXIT, child, exitCode))));
    }

    /** Ends {@link #run}; may be called by any thread. */
    void stop()
    {
        events.add(new Event(Kind.STOP, null, 0));
    }

    /** Has every child that can do so reload; may be called by any thread. */
    void reload()
    {
        events.add(new Event(Kind.RELOAD, null, 0));
    }

    /** Returns the exit code: 0 after a stop, else that of a child whose first start failed. */
    int run()
    {
        try
        {
            for (final ChildProcess child : children)
            {
                if (hasSpare(child))
                {
                    child.startAt(System.nanoTime() + SETTLE_NS);
                }
                else
                {
                    child.start(System.nanoTime());
                }
            }
            return superviseUntilStopped();
        }
        catch (final InterruptedException _)
        {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
        finally
        {
            stopChildren();
        }
    }

    private int superviseUntilStopped() throws InterruptedException
    {
        while (true)
        {
            long waitNs = LONGEST_WAIT_NS;
            for (final ChildProcess child : children)
            {
                waitNs = Math.min(waitNs, child.restartIfDue(System.nanoTime()));
            }
            final Event event = events.poll(waitNs, TimeUnit.NANOSECONDS);
            if (event == null)
            {
                continue;
            }
            switch (event.kind())
            {
                case STOP ->
                {
                    return ExitCode.OK;
                }
                case RELOAD -> children.forEach(child -> child.tell(AgentProcess.RELOAD_LINE));
                case EXIT ->
                {
                    final long nowNs = System.nanoTime();
                    final boolean hasSpare = hasSpare(event.child());
                    if (!hasSpare && event.child().isFailedStart(event.exitCode(), nowNs))
                    {
                        err.println("headrace: " + event.child().name() + " could not start (exit code " +
                            event.exitCode() + ")");
                        return event.exitCode();
                    }
                    final long pauseNs = event.child().scheduleRestart(nowNs, hasSpare ? SETTLE_NS : 0);
                    err.println("headrace: " + event.child().name() + " ended unasked (exit code " +
                        event.exitCode() + "); next start in " + TimeUnit.NANOSECONDS.toMillis(pauseNs) + " ms");
                }
                default -> throw new IllegalStateException("event of unknown kind=" + event.kind());
            }
        }
    }

    private boolean hasSpare(final ChildProcess child)
    {
        return children.stream().anyMatch(other ->
            other != child && other.name().equals(child.name()) && other.isAlive());
    }

    /** In the reverse order of their start; but what stands by goes first, or it would go on in the other's place. */
    private void stopChildren()
    {
        final long last = working.getAsLong();
        children.reversed().stream().filter(child -> child.pid() != last).forEach(ChildProcess::stop);
        children.stream().filter(child -> child.pid() == last).forEach(ChildProcess::stop);
    }
}
