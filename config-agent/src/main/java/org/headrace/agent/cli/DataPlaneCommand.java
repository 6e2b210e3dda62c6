package org.headrace.agent.cli;

import org.headrace.agent.config.HeadraceConfig;
import org.headrace.protocol.process.SignalSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code headrace dataplane --config F}. */
@Command(
    name = "dataplane",
    description = "Run the data plane alone, in the foreground. It forwards by what an agent tells it.")
final class DataPlaneCommand implements Callable<Integer>
{
    /** What a JVM exits with that ran its shutdown hooks because of SIGTERM. */
    private static final int ENDED_BY_SIGTERM = 143;

    @Mixin
    private ConfigFileOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final HeadraceConfig model = config.read(spec.commandLine().getErr());
        final Process process = new ProcessBuilder(
            ProcessArguments.dataPlane(model.dataPlane(), model.dataPlane().standby()))
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        final AtomicBoolean isStopping = new AtomicBoolean();
        final Runnable stop = () ->
        {
            isStopping.set(true);
            process.destroy();
        };
        SignalSource.handle("TERM", stop);
        SignalSource.handle("INT", stop);
        SignalSource.handle("HUP", () -> {});
        final int exitCode = process.waitFor();
        return isStopping.get() && exitCode == ENDED_BY_SIGTERM ? ExitCode.OK : exitCode;
    }
}
