package org.headrace.perf.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A program that runs until it is stopped; what it prints goes to a file.
 */
public final class LabProcess implements AutoCloseable
{
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final String name;
    private final Process process;
    private final Path log;

    private LabProcess(final String name, final Process process, final Path log)
    {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * @param name      for error messages.
     * @param log       file for its output and errors.
     * @param arguments program and arguments.
     * @return the started program.
     */
    public static LabProcess start(final String name, final Path log, final List<String> arguments)
    {
        try
        {
            final Process process = new ProcessBuilder(arguments)
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
            process.getOutputStream().close();
            return new LabProcess(name, process, log);
        }
        catch (final IOException e)
        {
            throw new LabException("cannot start " + name, e);
        }
    }

    /** @return process id. */
    public long pid()
    {
        return process.pid();
    }

    /** @return true until it has ended. */
    public boolean isAlive()
    {
        return process.isAlive();
    }

    /**
     * @param limit   how long to wait at most.
     * @param isReady true when it does what it is for.
     * @return true if it does, and runs; false if it has ended, or the time is over.
     */
    public boolean isReadyWithin(final Duration limit, final BooleanSupplier isReady)
    {
        return Await.holdsWithin(limit, () -> !isAlive() || isReady.getAsBoolean()) && isAlive();
    }

    /** @return everything that it has printed so far. */
    public String output()
    {
        try
        {
            return Files.readString(log);
        }
        catch (final IOException e)
        {
            throw new LabException("no log of " + name, e);
        }
    }

    /** @param limit how long to wait at most for its end. @return its exit code. */
    public int awaitExit(final Duration limit)
    {
        try
        {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
            {
                return process.exitValue();
            }
            throw new LabException(name + " still runs after " + limit.toMillis() + " ms:\n" + output());
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while waiting for " + name, e);
        }
    }

    /** Asks it to end (SIGTERM). */
    public void terminate()
    {
        process.destroy();
    }

    /** Ends it at once (SIGKILL). */
    public void kill()
    {
        process.destroyForcibly();
    }

    /** Asks it to end, and ends it if it does not. */
    @Override
    public void close()
    {
        terminate();
        if (!Await.holdsWithin(STOP_LIMIT, () -> !process.isAlive()))
        {
            kill();
        }
    }

    @Override
    public String toString()
    {
        return name + " pid=" + pid();
    }
}
