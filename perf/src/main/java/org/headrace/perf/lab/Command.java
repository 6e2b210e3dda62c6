package org.headrace.perf.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program to its end and keeps what it printed.
 */
public final class Command
{
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private Command()
    {
    }

    /**
     * What a program did.
     *
     * @param exitCode of the program.
     * @param output   standard output.
     * @param errors   standard error.
     */
    public record Result(int exitCode, String output, String errors)
    {
        /** @return true if the exit code is 0. */
        public boolean isSuccess()
        {
            return exitCode == 0;
        }
    }

    /**
     * @param arguments the program and its arguments.
     * @return what it did, whatever the exit code.
     */
    public static Result run(final List<String> arguments)
    {
        return run(arguments, "");
    }

    /**
     * @param arguments the program and its arguments.
     * @return its standard output.
     * @throws LabException if it fails.
     */
    public static String check(final List<String> arguments)
    {
        return check(arguments, "");
    }

    /**
     * @param arguments the program and its arguments.
     * @param input     for its standard input.
     * @return its standard output.
     * @throws LabException if it fails.
     */
    public static String check(final List<String> arguments, final String input)
    {
        final Result result = run(arguments, input);
        if (!result.isSuccess())
        {
            throw new LabException("exit code " + result.exitCode() + ": " + String.join(" ", arguments) + "\n" +
                result.errors() + result.output());
        }
        return result.output();
    }

    private static Result run(final List<String> arguments, final String input)
    {
        try
        {
            final Path output = Files.createTempFile("headrace", ".out");
            final Path errors = Files.createTempFile("headrace", ".err");
            try
            {
                // Files and not pipes: nobody has to drain them, and a grandchild that lives on cannot hold us up.
                final Process process = new ProcessBuilder(arguments)
                    .redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
                try (var stdin = process.getOutputStream())
                {
                    stdin.write(input.getBytes(UTF_8));
                }
                catch (final IOException ignore)
                {
                    // It ended without reading its input: its exit code tells more.
                    Thread.onSpinWait();
                }
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                {
                    process.destroyForcibly();
                    throw new LabException("still running after " + LIMIT.toSeconds() + " s: " +
                        String.join(" ", arguments));
                }
                return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
            }
            finally
            {
                Files.deleteIfExists(output);
                Files.deleteIfExists(errors);
            }
        }
        catch (final IOException e)
        {
            throw new LabException("cannot run " + String.join(" ", arguments), e);
        }
        catch (final InterruptedException e)
        {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while running " + String.join(" ", arguments), e);
        }
    }
}
