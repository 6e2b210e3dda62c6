package org.headrace.agent.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** {@code headrace run --config F}. */
@Command(
    name = "run",
    description = {
        "Run data plane and agent in the foreground, and start them again if they end.",
        "Prints \"ready\" when the first generation is in force. SIGTERM and SIGINT stop, SIGHUP reloads."})
final class RunCommand implements Callable<Integer>
{
    @Mixin
    private ConfigFileOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException
    {
        final PrintWriter err = spec.commandLine().getErr();
        return new InstanceRun(config.file(), config.read(err), err).run();
    }
}
