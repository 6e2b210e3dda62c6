package org.headrace.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** One child of the supervisor: started again, with a growing pause, whenever it ends unasked. */
final class ChildProcess
{
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long STABLE_AFTER_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long STOP_TIMEOUT_MS = 8_000;

    private final String name;
    private final List<String> command;
    private final BiConsumer<ChildProcess, Integer> onExit;
    private Process process;
    private int starts;
    private long startNs;
    private long pauseNs;
    private long restartNs;
    private boolean isRestartDue;

    /**
     * @param name    for messages.
     * @param command with its arguments.
     * @param onExit  called on any thread when the process has ended.
     */
    ChildProcess(final String name, final List<String> command, final BiConsumer<ChildProcess, Integer> onExit)
    {
        this.name = name;
        this.command = command;
        this.onExit = onExit;
    }

    String name()
    {
        return name;
    }

    boolean isAlive()
    {
        return process != null && process.isAlive();
    }

    long pid()
    {
        return process == null ? -1 : process.pid();
    }

    /** Plans the first start. */
    void startAt(final long timeNs)
    {
        restartNs = timeNs;
        isRestartDue = true;
    }

    void start(final long nowNs)
    {
        try
        {
            process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        }
        catch (final IOException ex)
        {
            throw CommandException.startFailed(name + " cannot be started: " + ex.getMessage());
        }
        starts++;
        startNs = nowNs;
        isRestartDue = false;
        // Not onExit(): its pool has one thread on a small machine, and whoever blocks that thread blocks us.
        final Process started = process;
        Thread.ofPlatform().daemon().name(name + "-watch").start(() -> awaitExit(started));
    }

    private void awaitExit(final Process started)
    {
        try
        {
            onExit.accept(this, started.waitFor());
        }
        catch (final InterruptedException _)
        {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether the first start ended before it was of any use: it would end so again. */
    boolean isFailedStart(final int exitCode, final long nowNs)
    {
        return starts == 1 && nowNs - startNs < STABLE_AFTER_NS &&
            (exitCode == ExitCode.FAILED || exitCode == ExitCode.START_FAILED);
    }

    /**
     * Plans the next start; returns the pause until then.
     *
     * @param leastPauseNs if it need not be at once.
     */
    long scheduleRestart(final long nowNs, final long leastPauseNs)
    {
        if (nowNs - startNs >= STABLE_AFTER_NS)
        {
            pauseNs = 0;
        }
        final long pause = Math.max(pauseNs, leastPauseNs);
        restartNs = nowNs + pause;
        isRestartDue = true;
        pauseNs = pauseNs == 0 ? FIRST_PAUSE_NS : Math.min(pauseNs * 2, LONGEST_PAUSE_NS);
        return pause;
    }

    /** Starts again if that is due; returns the time until it is, or {@link Long#MAX_VALUE}. */
    long restartIfDue(final long nowNs)
    {
        if (isRestartDue && nowNs - restartNs >= 0)
        {
            start(nowNs);
        }
        return isRestartDue ? restartNs - nowNs : Long.MAX_VALUE;
    }

    /** Writes a line to the child's standard input. */
    void tell(final String line)
    {
        try
        {
            if (process != null && process.isAlive())
            {
                process.getOutputStream().write((line + "\n").getBytes(UTF_8));
                process.getOutputStream().flush();
            }
        }
        catch (final IOException ex)
        {
            System.err.println("headrace: " + name + " does not listen: " + ex.getMessage());
        }
    }

    /** Asks it to end, and makes it end if it does not; returns its exit code, or -1 if it never ran. */
    int stop()
    {
        isRestartDue = false;
        if (process == null)
        {
            return -1;
        }
        process.destroy();
        try
        {
            if (!process.waitFor(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS))
            {
                System.err.println("headrace: " + name + " did not end within " + STOP_TIMEOUT_MS + " ms: killed");
                process.destroyForcibly().waitFor();
            }
            return process.exitValue();
        }
        catch (final InterruptedException _)
        {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return -1;
        }
    }
}
