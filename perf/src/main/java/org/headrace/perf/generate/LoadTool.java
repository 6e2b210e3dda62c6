package org.headrace.perf.generate;

import org.headrace.perf.generate.host.AddressRange;
import org.headrace.perf.generate.host.Endpoint;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.Function;

/** The program {@code load}: traffic for a load balancer, and what became of it. */
@Command(
    name = "load",
    description = "Generates load for a layer-4 load balancer, any one, and measures what becomes of it.",
    subcommands = {PacketsCommand.class, ConnectionsCommand.class, AnswerCommand.class, LatencyCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "load COMMAND --help tells more, with examples; docs/load.md tells how each one measures.",
        "It needs root, and refuses to send into the host's own network unless told --allow-host-network.",
        "Exit codes: 0 done and nothing failed, 1 something failed, 2 bad usage."})
public final class LoadTool implements Runnable
{
    static final int OK = 0;
    static final int FAILED = 1;
    static final int BAD_USAGE = 2;

    @Spec
    private CommandSpec spec;

    /**
     * @param args of the command line.
     */
    public static void main(final String[] args)
    {
        System.exit(execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), args));
    }

    /**
     * @param out  for results.
     * @param err  for progress and errors.
     * @param args of the command line.
     * @return the exit code.
     */
    public static int execute(final PrintWriter out, final PrintWriter err, final String... args)
    {
        final CommandLine commandLine = new CommandLine(new LoadTool());
        commandLine.setOut(out);
        commandLine.setErr(err);
        commandLine.setExecutionExceptionHandler(LoadTool::onException);
        commandLine.setParameterExceptionHandler(LoadTool::onUsage);
        register(commandLine, Duration.class, Quantities::duration);
        register(commandLine, Rate.class, Rate::parse);
        register(commandLine, Count.class, Count::parse);
        register(commandLine, Endpoint.class, Endpoint::parse);
        register(commandLine, AddressRange.class, AddressRange::parse);
        addHelp(commandLine);
        return commandLine.execute(args);
    }

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static <T> void register(
        final CommandLine commandLine, final Class<T> type, final Function<String, T> converter)
    {
        commandLine.registerConverter(type, text ->
        {
            try
            {
                return converter.apply(text);
            }
            catch (final IllegalArgumentException e)
            {
                throw new TypeConversionException(e.getMessage());
            }
        });
    }

    private static void addHelp(final CommandLine commandLine)
    {
        commandLine.getCommandSpec().addMixin("help", CommandSpec.forAnnotatedObject(new HelpOption()));
        commandLine.getSubcommands().values().forEach(LoadTool::addHelp);
    }

    private static int onException(final Exception ex, final CommandLine commandLine, final ParseResult result)
    {
        final String message = ex.getMessage() == null ? ex.toString() : ex.getMessage();
        commandLine.getErr().println("load: " + message);
        return ex instanceof IllegalArgumentException ? BAD_USAGE : FAILED;
    }

    private static int onUsage(final ParameterException ex, final String[] args)
    {
        final CommandLine commandLine = ex.getCommandLine();
        final PrintWriter err = commandLine.getErr();
        err.println("load: " + ex.getMessage());
        if (!commandLine.getSubcommands().isEmpty())
        {
            err.println("allowed: " + String.join(", ", commandLine.getSubcommands().keySet()));
        }
        err.println("try: " + commandLine.getCommandSpec().qualifiedName() + " --help");
        return BAD_USAGE;
    }
}
