package org.headrace.agent.cli;

import org.headrace.agent.config.HeadraceConfig;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * The line that starts something, {@code run --config F} and {@code agent --config F}, as people, service managers and
 * the supervisor write it. It does without the parser of all other lines, which looks at every command by reflection
 * and takes a fifth of the time from the start to the first packet. Whatever differs from it in anything is the
 * parser's.
 */
final class StartLine
{
    private static final String RUN = "run";
    private static final String AGENT = "agent";
    private static final int WORDS = 3;

    private StartLine()
    {
    }

    static boolean isOne(final String... args)
    {
        return args.length == WORDS && (RUN.equals(args[0]) || AGENT.equals(args[0])) &&
            ("--config".equals(args[1]) || "-c".equals(args[1])) && isPlain(args[2]);
    }

    /** To the parser, these may be more than the name of a file. */
    private static boolean isPlain(final String name)
    {
        return !name.isEmpty() && name.charAt(0) != '-' && name.charAt(0) != '@';
    }

    /** Runs a line that {@link #isOne}; returns the exit code. */
    static int execute(final PrintWriter out, final PrintWriter err, final String... args)
    {
        try
        {
            final Path file = Path.of(args[2]);
            final HeadraceConfig config = ConfigFileOption.read(file, err);
            return RUN.equals(args[0]) ?
                new InstanceRun(file, config, err).run() : new AgentProcess(file, config, out, err).run();
        }
        catch (final IOException | RuntimeException ex)
        {
            return CommandException.report(ex, err);
        }
    }
}
