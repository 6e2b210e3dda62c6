package org.headrace.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;

/** All commands of the program {@code headrace}. */
@Command(
    name = "headrace",
    description = "A layer-4 load balancer.",
    subcommands = {
        RunCommand.class, DataPlaneCommand.class, AgentCommand.class, CheckCommand.class, CtlCommand.class,
        VersionCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "headrace COMMAND --help tells more about a command.",
        "Exit codes: 0 done, 1 bad configuration or failed, 2 start failed."})
final class RootCommand implements Runnable
{
    @Spec
    private CommandSpec spec;

    /** Runs a command; returns its exit code. */
    static int execute(final PrintWriter out, final PrintWriter err, final String... args)
    {
        final CommandLine commandLine = new CommandLine(new RootCommand());
        commandLine.setOut(out);
        commandLine.setErr(err);
        commandLine.setExecutionExceptionHandler(RootCommand::onException);
        commandLine.setParameterExceptionHandler(RootCommand::onUsage);
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
        commandLine.getSubcommands().values().forEach(RootCommand::addHelp);
    }

    private static int onException(final Exception ex, final CommandLine commandLine, final ParseResult result)
    {
        return CommandException.report(ex, commandLine.getErr());
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
