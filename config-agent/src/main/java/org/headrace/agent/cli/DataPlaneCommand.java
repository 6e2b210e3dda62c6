package org.headrace.agent.cli;

import org.headrace.agent.config.HeadraceConfig;
import org.headrace.protocol.process.SignalSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;

/** {@code headrace dataplane --config F}. */
@Command(
    name = "dataplane",
    description = "Run the data plane alone, in the foreground. It forwards by what an agent tells it.")
final class DataPlaneCommand implements Callable<Integer>
{
    private static final long LOCK_WAIT_MS = 500;

    @Mixin
    private ConfigFileOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        final HeadraceConfig model = config.read(spec.commandLine().getErr());
        try (DirectoryLock _ = DirectoryLock.acquire(model.dataPlane().directory(), "dataplane", LOCK_WAIT_MS))
        {
            final Process process = new ProcessBuilder(ProcessArguments.dataPlane(model.dataPlane()))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
            SignalSource.handle("TERM", process::destroy);
            SignalSource.handle("INT", process::destroy);
            SignalSource.handle("HUP", () -> {});
            return process.waitFor();
        }
    }
}
