package org.headrace.agent.cli;

import org.headrace.agent.config.ConfigReader;
import org.headrace.agent.config.ConfigResult;
import org.headrace.agent.config.HeadraceConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.file.Path;

/** {@code --config F}, and the reading of that file. */
@Command
final class ConfigFileOption
{
    @Option(names = {"-c", "--config"}, required = true, paramLabel = "F", description = "Configuration file.")
    private Path file;

    Path file()
    {
        return file;
    }

    /** Returns the model; prints the problems, and ends the command if there are any but warnings. */
    HeadraceConfig read(final PrintWriter err)
    {
        return read(file, err);
    }

    /** As above, of a file that no option names. */
    static HeadraceConfig read(final Path file, final PrintWriter err)
    {
        final ConfigResult result = ConfigReader.read(file);
        result.problems().forEach(err::println);
        if (!result.isValid())
        {
            throw CommandException.failed("configuration=" + file + " has problems");
        }
        return result.config();
    }
}
