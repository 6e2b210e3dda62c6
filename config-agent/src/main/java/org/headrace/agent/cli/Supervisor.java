package org.headrace.agent.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Starts children, starts them again when they end unasked, and stops them in the reverse order. Signals come in as
 * events, so that everything happens on the thread of {@link #run}.
 */
final class Supervisor
{
    private static final long LONGEST_WAIT_NS = TimeUnit.SECONDS.toNanos(60);

    private enum Kind
    {
        STOP, RELOAD, EXIT
    }

    private record Event(Kind kind, ChildProcess child, int exitCode)
    {
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<ChildProcess> children = new ArrayList<>();
    private final PrintWriter err;

    Supervisor(final PrintWriter err)
    {
        this.err = err;
    }

    /** Adds a child; they are started in this order. */
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
            children.forEach(child -> child.start(System.nanoTime()));
            return superviseUntilStopped();
        }
        catch (final InterruptedException _)
        {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
        finally
        {
            children.reversed().forEach(ChildProcess::stop);
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
                    if (event.child().isFailedStart(event.exitCode(), nowNs))
                    {
                        err.println("headrace: " + event.child().name() + " could not start (exit code " +
                            event.exitCode() + ")");
                        return event.exitCode();
                    }
                    final long pauseNs = event.child().scheduleRestart(nowNs);
                    err.println("headrace: " + event.child().name() + " ended unasked (exit code " +
                        event.exitCode() + "); next start in " + TimeUnit.NANOSECONDS.toMillis(pauseNs) + " ms");
                }
                default -> throw new IllegalStateException("event of unknown kind=" + event.kind());
            }
        }
    }
}
