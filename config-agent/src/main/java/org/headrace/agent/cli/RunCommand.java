package org.headrace.agent.cli;

import org.headrace.agent.AgentStateFile;
import org.headrace.agent.config.HeadraceConfig;
import org.headrace.protocol.process.LockOwner;
import org.headrace.protocol.process.SignalSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    /** A data plane that is ending needs a moment for it. One whose supervisor was killed is taken over from. */
    private static final long PREDECESSOR_WAIT_MS = 10_000;
    private static final String DATA_PLANE = "dataplane";

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
            if (!DirectoryLock.owner(directory, DATA_PLANE).map(LockOwner::isOrphan).orElse(false))
            {
                DirectoryLock.acquire(directory, DATA_PLANE, PREDECESSOR_WAIT_MS).close();
            }
            // Without a spare, too, it may have to wait: for the data plane of a supervisor that was killed.
            final List<String> dataPlane = ProcessArguments.dataPlane(model.dataPlane(), true);
            final Supervisor supervisor = new Supervisor(
                () -> DirectoryLock.owner(directory, DATA_PLANE).map(LockOwner::pid).orElse(-1L), err);
            supervisor.add("data plane", dataPlane);
            if (model.dataPlane().standby())
            {
                supervisor.add("data plane", dataPlane);
            }
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
