package org.headrace.agent.cli;

import org.headrace.agent.config.ConfigReader;
import org.headrace.agent.config.ConfigResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code headrace check F}. */
@Command(
    name = "check",
    description = "Check a configuration file. Prints FILE:LINE:COLUMN: MESSAGE for each problem on stderr.")
final class CheckCommand implements Callable<Integer>
{
    @Parameters(paramLabel = "F", description = "Configuration file.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call()
    {
        final ConfigResult result = ConfigReader.read(file);
        result.problems().forEach(spec.commandLine().getErr()::println);
        return result.isValid() ? ExitCode.OK : ExitCode.FAILED;
    }
}
