package org.headrace.agent.cli;

import java.io.PrintWriter;

/**
 * The program {@code headrace}. Nothing in it names a class of the parser's library: it would be loaded, and all jars
 * looked through for it, before the first line runs.
 */
public final class HeadraceTool
{
    private HeadraceTool()
    {
    }

    /**
     * @param args of the command line.
     */
    public static void main(final String[] args)
    {
        final PrintWriter out = new PrintWriter(System.out, true);
        final PrintWriter err = new PrintWriter(System.err, true);
        System.exit(StartLine.isOne(args) ? StartLine.execute(out, err, args) : RootCommand.execute(out, err, args));
    }
}
