package org.headrace.agent.cli;

import org.headrace.agent.config.DataPlaneConfig;
import org.headrace.protocol.counters.CountersFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.function.Function;

/** {@code headrace ctl}: looks at a running instance and changes it. */
@Command(
    name = "ctl",
    description = "Look at a running instance, and change it. SERVICE is tcp/10.99.0.1:80 or INSTANCE/LISTENER, " +
        "SERVER is 10.2.1.2:8080.",
    subcommands = {
        CtlViews.Status.class, CtlViews.Services.class, CtlViews.LimitsView.class, CtlViews.Servers.class,
        CtlConnections.class, CtlPersistence.class, CtlStats.class, CtlChanges.Weight.class, CtlChanges.Drain.class,
        CtlChanges.Undrain.class, CtlChanges.Reload.class},
    synopsisSubcommandLabel = "COMMAND")
final class CtlCommand implements Runnable
{
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "JSON for programs instead of a table.")
    private boolean isJson;

    @Option(
        names = "--directory",
        scope = ScopeType.INHERIT,
        paramLabel = "D",
        description = "Runtime directory of the instance (default: /dev/shm/headrace).")
    private Path directory = DataPlaneConfig.DEFAULT_DIRECTORY;

    @Spec
    private CommandSpec spec;

    @Override
    public void run()
    {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    boolean isJson()
    {
        return isJson;
    }

    Path directory()
    {
        return directory;
    }

    AgentClient agent()
    {
        return new AgentClient(directory);
    }

    PrintWriter out()
    {
        return spec.commandLine().getOut();
    }

    /** Returns false if nobody reads any more: a command like {@code head} has seen enough, and that is no error. */
    boolean print(final String text)
    {
        out().print(text);
        return !out().checkError();
    }

    /** Reads the counters file; one that is missing, foreign or torn ends the command with one line. */
    <T> T counters(final Function<CountersFile, T> reader)
    {
        try (CountersFile counters = CountersFile.open(directory))
        {
            return reader.apply(counters);
        }
        catch (final IllegalStateException | IllegalArgumentException | IndexOutOfBoundsException ex)
        {
            throw CommandException.failed(ex.getMessage());
        }
    }

    void print(final JsonNode json)
    {
        out().println(JSON.writeValueAsString(json));
    }
}
