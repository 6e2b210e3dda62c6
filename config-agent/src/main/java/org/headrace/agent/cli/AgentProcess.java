package org.headrace.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.CompositeAgent;
import org.headrace.agent.AgentContext;
import org.headrace.agent.ConfigAgent;
import org.headrace.agent.config.HeadraceConfig;
import org.headrace.agent.control.ControlService;
import org.headrace.agent.control.ControlSocketAgent;
import org.headrace.protocol.process.SignalSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Wires the agent's process: one thread for everything, signals, and the supervisor at standard input. */
final class AgentProcess
{
    /** What the supervisor writes to have the agent reload. */
    static final String RELOAD_LINE = "reload";

    private static final Logger LOGGER = LoggerFactory.getLogger(AgentProcess.class);
    private static final long LOCK_WAIT_MS = 5_000;
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Path configFile;
    private final HeadraceConfig config;
    private final PrintWriter out;
    private final PrintWriter err;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicReference<String> failure = new AtomicReference<>();

    AgentProcess(final Path configFile, final HeadraceConfig config, final PrintWriter out, final PrintWriter err)
    {
        this.configFile = configFile;
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /** Runs until a signal, or the supervisor's end, stops it; returns the exit code. */
    int run()
    {
        try (DirectoryLock _ = DirectoryLock.acquire(config.dataPlane().directory(), "agent", LOCK_WAIT_MS))
        {
            final AgentContext context = new AgentContext()
                .configFile(configFile)
                .config(config)
                .hostNetwork(HostSupplier.hostNetwork())
                .healthChecker(HostSupplier.healthChecker())
                .onReady(this::onReady)
                .onStartFailed(this::fail)
                .conclude();
            final ConfigAgent agent = new ConfigAgent(context);
            final ControlSocketAgent socket =
                new ControlSocketAgent(context.directory(), context.nanoClock(), new ControlService(agent));
            final StartTracker started = new StartTracker();
            final CompositeAgent all =
                new CompositeAgent(socket, agent, agent.session(), agent.templates(), started);
            final AgentRunner runner = new AgentRunner(
                new BackoffIdleStrategy(1, 1, 1_000, MAX_PARK_NS), ex -> onError(ex, started), null, all);
            watch(agent);
            final AgentRunner store = new AgentRunner(
                new BackoffIdleStrategy(1, 1, 1_000, MAX_PARK_NS), ex -> onError(ex, started), null, context.store());
            AgentRunner.startOnThread(store);
            AgentRunner.startOnThread(runner);
            stop.await();
            runner.close();
            // Last: what the session has told it until now is stored.
            store.close();
        }
        catch (final InterruptedException _)
        {
            Thread.currentThread().interrupt();
        }
        if (failure.get() != null)
        {
            err.println("headrace: " + failure.get());
            return ExitCode.START_FAILED;
        }
        return ExitCode.OK;
    }

    private void watch(final ConfigAgent agent)
    {
        final Runnable reload = () -> agent.execute(() -> agent.reload(outcome -> {}));
        SignalSource.handle("TERM", stop::countDown);
        SignalSource.handle("INT", stop::countDown);
        SignalSource.handle("HUP", reload);
        if (Boolean.getBoolean(ProcessArguments.SUPERVISED_PROPERTY))
        {
            Thread.ofPlatform().daemon().name("supervisor-watch").start(() -> readSupervisor(reload));
        }
    }

    private void readSupervisor(final Runnable reload)
    {
        try
        {
            final BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine())
            {
                if (RELOAD_LINE.equals(line))
                {
                    reload.run();
                }
            }
        }
        catch (final IOException ex)
        {
            LOGGER.debug("event=supervisor-unreadable", ex);
        }
        LOGGER.info("event=supervisor-gone");
        stop.countDown();
    }

    private void onReady()
    {
        out.println("ready");
        out.flush();
    }

    private void fail(final String reason)
    {
        failure.compareAndSet(null, reason);
        stop.countDown();
    }

    private void onError(final Throwable ex, final StartTracker started)
    {
        LOGGER.error("event=agent-error reason=\"{}\"", ex.toString());
        LOGGER.debug("event=agent-error-trace", ex);
        if (!started.isStarted)
        {
            fail(ex.getMessage() == null ? ex.toString() : ex.getMessage());
        }
    }

    /** Last in the row: when it works, everything before it has started. */
    private static final class StartTracker implements Agent
    {
        private volatile boolean isStarted;

        @Override
        public int doWork()
        {
            isStarted = true;
            return 0;
        }

        @Override
        public String roleName()
        {
            return "start-tracker";
        }
    }
}
