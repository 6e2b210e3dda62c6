package org.headrace.perf.generate;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** How a command tells: a line each second, a table at the end, and a file for machines. */
@Command
final class ReportOption
{
    /** Set by the launcher when standard error is a terminal. */
    private static final String TERMINAL_PROPERTY = "headrace.load.terminal";
    private static final int VERSION = 1;
    private static final JsonMapper JSON = new JsonMapper();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to this file, too, as JSON.")
    private Path file;

    @Option(names = "--progress", negatable = true,
        description = "A line each second on standard error. Default: if that is a terminal.")
    private Boolean isProgress;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private final Instant started = Instant.now();
    private final AtomicReference<String> lastLine = new AtomicReference<>("");

    PrintWriter out()
    {
        return spec.commandLine().getOut();
    }

    PrintWriter err()
    {
        return spec.commandLine().getErr();
    }

    /** Returns true if the option stands on the command line. */
    boolean isGiven(final String option)
    {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    boolean isProgress()
    {
        return isProgress == null ? Boolean.getBoolean(TERMINAL_PROPERTY) : isProgress;
    }

    void progress(final String line)
    {
        if (isProgress() && !line.equals(lastLine.getAndSet(line)))
        {
            err().println(line);
        }
    }

    /** Prints the summary and writes the file: the same figures. */
    void write(final Summary summary)
    {
        out().print(summary.table());
        out().flush();
        if (file == null)
        {
            return;
        }
        final ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION);
        root.put("command", spec.name());
        spec.commandLine().getParseResult().originalArgs().forEach(root.putArray("arguments")::add);
        root.put("startedAt", started.toString());
        for (final Map.Entry<String, Object> entry : summary.values().entrySet())
        {
            root.putPOJO(entry.getKey(), entry.getValue());
        }
        try
        {
            Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
        }
        catch (final IOException e)
        {
            throw new LoadException("cannot write json=" + file + ": " + e, e);
        }
    }
}
