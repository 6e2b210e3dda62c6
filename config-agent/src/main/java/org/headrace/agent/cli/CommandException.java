package org.headrace.agent.cli;

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

    int exitCode()
    {
        return exitCode;
    }
}
