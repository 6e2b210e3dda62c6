package org.headrace.agent.cli;

import org.headrace.agent.AgentStateFile;
import org.headrace.agent.config.HeadraceConfig;
import org.headrace.protocol.process.LockOwner;
import org.headrace.protocol.process.SignalSource;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** All processes of one instance of Headrace: data plane, its spare and agent, under a supervisor. */
final class InstanceRun
{
    private static final long LOCK_WAIT_MS = 500;
    /** A data plane that is ending needs a moment for it. One whose supervisor was killed is taken over from. */
    private static final long PREDECESSOR_WAIT_MS = 10_000;
    private static final String DATA_PLANE = "dataplane";

    private final Path configFile;
    private final HeadraceConfig config;
    private final PrintWriter err;

    InstanceRun(final Path configFile, final HeadraceConfig config, final PrintWriter err)
    {
        this.configFile = configFile;
        this.config = config;
        this.err = err;
    }

    /** Runs until a signal stops it, or a process cannot start; returns the exit code. */
    int run() throws IOException
    {
        final Path directory = config.dataPlane().directory();
        try (DirectoryLock _ = DirectoryLock.acquire(directory, "run", LOCK_WAIT_MS))
        {
            if (!DirectoryLock.owner(directory, DATA_PLANE).map(LockOwner::isOrphan).orElse(false))
            {
                DirectoryLock.acquire(directory, DATA_PLANE, PREDECESSOR_WAIT_MS).close();
            }
            // Without a spare, too, it may have to wait: for the data plane of a supervisor that was killed.
            final List<String> dataPlane = ProcessArguments.dataPlane(config.dataPlane(), true);
            final Supervisor supervisor = new Supervisor(
                () -> DirectoryLock.owner(directory, DATA_PLANE).map(LockOwner::pid).orElse(-1L), err);
            supervisor.add("data plane", dataPlane);
            if (config.dataPlane().standby())
            {
                supervisor.add("data plane", dataPlane);
            }
            supervisor.add("agent", ProcessArguments.agent(configFile));
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
