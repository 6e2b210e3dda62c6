package org.headrace.agent.cli;

import org.headrace.agent.AgentStateFile;
import org.headrace.agent.config.HeadraceConfig;
import org.headrace.protocol.process.SignalSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** {@code headrace run --config F}. */
@Command(
    name = "run",
    description = {
        "Run data plane and agent in the foreground, and start them again if they end.",
        "Prints \"ready\" when the first generation is in force. SIGTERM and SIGINT stop, SIGHUP reloads."})
final class RunCommand implements Callable<Integer>
{
    private static final long LOCK_WAIT_MS = 500;
    /** A data plane whose supervisor was killed needs a moment to notice and to end. */
    private static final long PREDECESSOR_WAIT_MS = 10_000;

    @Mixin
    private ConfigFileOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException
    {
        final PrintWriter err = spec.commandLine().getErr();
        final HeadraceConfig model = config.read(err);
        final Path directory = model.dataPlane().directory();
        try (DirectoryLock _ = DirectoryLock.acquire(directory, "run", LOCK_WAIT_MS))
        {
            DirectoryLock.acquire(directory, "dataplane", PREDECESSOR_WAIT_MS).close();
            final Supervisor supervisor = new Supervisor(err);
            supervisor.add("data plane", ProcessArguments.dataPlane(model.dataPlane()));
            supervisor.add("agent", ProcessArguments.agent(config.file()));
            SignalSource.handle("TERM", supervisor::stop);
            SignalSource.handle("INT", supervisor::stop);
            SignalSource.handle("HUP", supervisor::reload);
            final int exitCode = supervisor.run();
            // What an operator set at run time ends with a clean stop; it is kept only for an agent that dies.
            Files.deleteIfExists(directory.resolve(AgentStateFile.FILE_NAME));
            return exitCode;
        }
    }
}
