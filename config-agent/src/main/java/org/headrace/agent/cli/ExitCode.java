package org.headrace.agent.cli;

/** Exit codes of all commands. */
final class ExitCode
{
    static final int OK = 0;
    /** Bad configuration, bad usage, or a command that could not do its work. */
    static final int FAILED = 1;
    /** A process that could not start. */
    static final int START_FAILED = 2;

    private ExitCode()
    {
    }
}
