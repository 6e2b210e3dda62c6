package org.headrace.agent.cli;

import java.io.PrintWriter;

/** Ends a command with one line on stderr and an exit code. */
final class CommandException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandException(final int exitCode, final String message)
    {
        super(message);
        this.exitCode = exitCode;
    }

    static CommandException failed(final String message)
    {
        return new CommandException(ExitCode.FAILED, message);
    }

    static CommandException startFailed(final String message)
    {
        return new CommandException(ExitCode.START_FAILED, message);
    }

    /** Says what has ended a command, in one line; returns its exit code. */
    static int report(final Exception ex, final PrintWriter err)
    {
        err.println("headrace: " + (ex.getMessage() == null ? ex.toString() : ex.getMessage()));
        return ex instanceof final CommandException command ? command.exitCode() : ExitCode.FAILED;
    }

    int exitCode()
    {
        return exitCode;
    }
}
