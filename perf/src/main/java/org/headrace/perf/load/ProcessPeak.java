package org.headrace.perf.load;

import org.headrace.perf.lab.LabException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a process has used so far.
 *
 * @param memoryBytes most memory that it has ever had resident (proc(5), {@code VmHWM}).
 * @param cpu         time on any CPU.
 */
record ProcessPeak(long memoryBytes, Duration cpu)
{
    static final ProcessPeak NONE = new ProcessPeak(0, Duration.ZERO);

    private static final long SAMPLE_INTERVAL_MS = 20;
    private static final String MARK = "VmHWM:";

    /** Of a running process; nothing if it has ended. */
    static ProcessPeak of(final ProcessHandle process)
    {
        try
        {
            for (final String line : Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")))
            {
                if (line.startsWith(MARK))
                {
                    final String kibibytes = line.substring(MARK.length()).replace("kB", "").strip();
                    return new ProcessPeak(Long.parseLong(kibibytes) << 10,
                        process.info().totalCpuDuration().orElse(Duration.ZERO));
                }
            }
            return NONE;
        }
        catch (final IOException _)
        {
            return NONE;
        }
    }

    /** Runs a program, whose output nobody reads, to its end, which must be a good one; looked at 50 times a second. */
    static ProcessPeak run(final List<String> command)
    {
        try
        {
            final Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            ProcessPeak peak = NONE;
            while (!process.waitFor(SAMPLE_INTERVAL_MS, TimeUnit.MILLISECONDS))
            {
                final ProcessPeak now = of(process.toHandle());
                peak = now.memoryBytes() == 0 ? peak : now;
            }
            if (process.exitValue() != 0)
            {
                throw new LabException("exit code " + process.exitValue() + ": " + String.join(" ", command));
            }
            return peak;
        }
        catch (final IOException e)
        {
            throw new LabException("cannot run " + command.getFirst(), e);
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }
}
