package org.headrace.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;

/** The program {@code headrace}. */
@Command(
    name = "headrace",
    description = "A layer-4 load balancer.",
    subcommands = {
        RunCommand.class, DataPlaneCommand.class, AgentCommand.class, CheckCommand.class, CtlCommand.class,
        VersionCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "headrace COMMAND --help tells more about a command.",
        "Exit codes: 0 done, 1 bad configuration or failed, 2 start failed."})
public final class HeadraceTool implements Runnable
{
    @Spec
    private CommandSpec spec;

    /**
     * @param args of the command line.
     */
    public static void main(final String[] args)
    {
        System.exit(execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
    }

    /** Runs a command; returns its exit code. */
    static int execute(final PrintWriter out, final PrintWriter err, final String... args)
    {
        final CommandLine commandLine = new CommandLine(new HeadraceTool());
        commandLine.setOut(out);
        commandLine.setErr(err);
        commandLine.setExecutionExceptionHandler(HeadraceTool::onException);
        commandLine.setParameterExceptionHandler(HeadraceTool::onUsage);
        addHelp(commandLine);
        return commandLine.execute(args);
    }

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static void addHelp(final CommandLine commandLine)
    {
        commandLine.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
        commandLine.getSubcommands().values().forEach(HeadraceTool::addHelp);
    }

    private static int onException(final Exception ex, final CommandLine commandLine, final ParseResult result)
    {
        final String message = ex.getMessage() == null ? ex.toString() : ex.getMessage();
        commandLine.getErr().println("headrace: " + message);
        return ex instanceof final CommandException command ? command.exitCode() : ExitCode.FAILED;
    }

    private static int onUsage(final ParameterException ex, final String[] args)
    {
        final CommandLine commandLine = ex.getCommandLine();
        final PrintWriter err = commandLine.getErr();
        err.println("headrace: " + ex.getMessage());
        if (!commandLine.getSubcommands().isEmpty())
        {
            err.println("allowed: " + String.join(", ", commandLine.getSubcommands().keySet()));
        }
        err.println("usage: " + commandLine.getHelp().synopsis(0).strip());
        return ExitCode.FAILED;
    }
}
