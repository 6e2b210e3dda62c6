package org.headrace.perf.lab;

import org.headrace.protocol.counters.CountersFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A Headrace in the middle of the laboratory, started and asked as an operator would: by {@code scripts/headrace}.
 */
public final class HeadraceInstance implements AutoCloseable
{
    /** How long a start may take on a busy machine. */
    public static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final String READY = "ready";
    private static final JsonMapper JSON = new JsonMapper();

    private final Lab lab;
    private final LabProcess process;

    private HeadraceInstance(final Lab lab, final LabProcess process)
    {
        this.lab = lab;
        this.process = process;
    }

    /**
     * Starts {@code headrace run} and waits until it forwards.
     *
     * @param lab    to start it in.
     * @param config to write to its file.
     * @return the running instance.
     */
    public static HeadraceInstance start(final Lab lab, final HeadraceConfig config)
    {
        writeConfig(lab, config);
        return start(lab, "headrace");
    }

    /**
     * Starts {@code headrace run} and waits until it forwards.
     *
     * @param lab              to start it in.
     * @param config           to write to its file.
     * @param dataPlaneOptions more options of the data plane's JVM.
     * @param agentOptions     more options of the agent's JVM.
     * @return the running instance.
     */
    public static HeadraceInstance start(
        final Lab lab, final HeadraceConfig config, final String dataPlaneOptions, final String agentOptions)
    {
        writeConfig(lab, config);
        final List<String> line = new ArrayList<>(List.of("env", "HEADRACE_DATAPLANE_OPTS=" + dataPlaneOptions,
            "HEADRACE_AGENT_OPTS=" + agentOptions));
        line.addAll(command("run", "--config", configFile(lab).toString()));
        return start(lab, "headrace", line);
    }

    /**
     * Starts {@code headrace run} with the configuration file that is there, on what an earlier one has left.
     *
     * @param lab to start it in.
     * @return the running instance.
     */
    public static HeadraceInstance startAgain(final Lab lab)
    {
        return start(lab, "headrace-again");
    }

    private static HeadraceInstance start(final Lab lab, final String name)
    {
        return start(lab, name, command("run", "--config", configFile(lab).toString()));
    }

    private static HeadraceInstance start(final Lab lab, final String name, final List<String> line)
    {
        final HeadraceInstance instance = new HeadraceInstance(lab, lab.start(name, lab.balancer(), line));
        instance.awaitReady();
        return instance;
    }

    /** @param lab with an instance. @param config that the next start or reload reads. */
    public static void writeConfig(final Lab lab, final HeadraceConfig config)
    {
        LabDirectory.write(configFile(lab), config.toString());
    }

    /** @param lab with an instance. @return its configuration file. */
    public static Path configFile(final Lab lab)
    {
        return lab.directory().resolve("headrace.yaml");
    }

    /** @param arguments of the command. @return the command line of {@code scripts/headrace}. */
    public static List<String> command(final String... arguments)
    {
        final List<String> line = new ArrayList<>(List.of(Lab.home().resolve("scripts/headrace").toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** @return the process of {@code headrace run}. */
    public LabProcess process()
    {
        return process;
    }

    /** Waits for the line that says that it forwards. */
    public void awaitReady()
    {
        Await.until(() -> "headrace is ready:\n" + process.output(), START_LIMIT,
            () -> isReady() || !process.isAlive());
        if (!isReady())
        {
            throw new LabException("headrace ended at its start:\n" + process.output());
        }
    }

    /** @return true once it has said that it forwards. */
    public boolean isReady()
    {
        return process.output().lines().anyMatch(READY::equals);
    }

    /**
     * @param arguments of {@code headrace ctl}.
     * @return what it did.
     */
    public Command.Result tryCtl(final String... arguments)
    {
        final List<String> line = command("ctl", "--directory", lab.runtimeDirectory().toString());
        line.addAll(List.of(arguments));
        return Command.run(lab.balancer().enter(line));
    }

    /**
     * @param arguments of {@code headrace ctl}, which must succeed.
     * @return what it printed.
     */
    public String ctl(final String... arguments)
    {
        final Command.Result result = tryCtl(arguments);
        if (!result.isSuccess())
        {
            throw new LabException("headrace ctl " + String.join(" ", arguments) + ": exit code " +
                result.exitCode() + "\n" + result.errors() + result.output());
        }
        return result.output();
    }

    /** @param arguments of {@code headrace ctl --json}. @return what it printed. */
    public JsonNode json(final String... arguments)
    {
        final List<String> all = new ArrayList<>(List.of("--json"));
        all.addAll(List.of(arguments));
        return JSON.readTree(ctl(all.toArray(String[]::new)));
    }

    /** @return the data plane's counters, read where it writes them. */
    public CountersFile counters()
    {
        return CountersFile.open(lab.runtimeDirectory());
    }

    /** Stops it as an operator would, with SIGTERM. @return its exit code. */
    public int stop()
    {
        process.terminate();
        return process.awaitExit(Duration.ofSeconds(20));
    }

    @Override
    public void close()
    {
        process.close();
    }
}
