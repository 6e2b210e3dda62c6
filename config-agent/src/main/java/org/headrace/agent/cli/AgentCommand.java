package org.headrace.agent.cli;

import org.headrace.agent.config.HeadraceConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** {@code headrace agent --config F}. */
@Command(
    name = "agent",
    description = {
        "Run the agent alone, in the foreground. It waits for a data plane, and comes back to it after a loss.",
        "Prints \"ready\" when the first generation is in force. SIGTERM and SIGINT stop, SIGHUP reloads."})
final class AgentCommand implements Callable<Integer>
{
    @Mixin
    private ConfigFileOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call()
    {
        final HeadraceConfig model = config.read(spec.commandLine().getErr());
        return new AgentProcess(config.file(), model, spec.commandLine().getOut(), spec.commandLine().getErr()).run();
    }
}
