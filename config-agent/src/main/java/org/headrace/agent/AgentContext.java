package org.headrace.agent;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.agent.config.HeadraceConfig;
import org.headrace.agent.health.HealthChecker;
import org.headrace.agent.netlink.HostNetwork;
import org.headrace.agent.store.StoreAgent;
import org.headrace.agent.store.TemplateStore;
import org.headrace.protocol.ControlChannel;

import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/** Configuration of the agent's process. */
public final class AgentContext
{
    private boolean isConcluded;
    private Path configFile;
    private HeadraceConfig config;
    private Path directory;
    private HostNetwork hostNetwork;
    private HealthChecker healthChecker;
    private StoreAgent store;
    private NanoClock nanoClock;
    private EpochClock epochClock;
    private Runnable onReady = () -> {};
    private Consumer<String> onStartFailed = _ -> {};

    /**
     * Fills in defaults and checks that nothing is missing.
     *
     * @return this.
     */
    public AgentContext conclude()
    {
        if (isConcluded)
        {
            throw new IllegalStateException("a context is used once");
        }
        isConcluded = true;
        Objects.requireNonNull(configFile, "configFile");
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(hostNetwork, "hostNetwork");
        Objects.requireNonNull(healthChecker, "healthChecker");
        directory = directory == null ? config.dataPlane().directory() : directory;
        nanoClock = nanoClock == null ? SystemNanoClock.INSTANCE : nanoClock;
        epochClock = epochClock == null ? SystemEpochClock.INSTANCE : epochClock;
        store = store == null ? new StoreAgent(() -> TemplateStore.open(
            config.agent().store(), config.dataPlane().persistenceEntries()), epochClock) : store;
        return this;
    }

    /**
     * @param file to read at a reload.
     * @return this.
     */
    public AgentContext configFile(final Path file)
    {
        configFile = file;
        return this;
    }

    /** @return file to read at a reload. */
    public Path configFile()
    {
        return configFile;
    }

    /**
     * @param value to begin with.
     * @return this.
     */
    public AgentContext config(final HeadraceConfig value)
    {
        config = value;
        return this;
    }

    /** @return configuration to begin with. */
    public HeadraceConfig config()
    {
        return config;
    }

    /**
     * @param value runtime directory, by default the configuration's.
     * @return this.
     */
    public AgentContext directory(final Path value)
    {
        directory = value;
        return this;
    }

    /** @return runtime directory. */
    public Path directory()
    {
        return directory;
    }

    /** @return directory of the data plane's media driver. */
    public Path aeronDirectory()
    {
        return ControlChannel.aeronDirectory(directory);
    }

    /**
     * @param value not yet started.
     * @return this.
     */
    public AgentContext hostNetwork(final HostNetwork value)
    {
        hostNetwork = value;
        return this;
    }

    /** @return addresses, routes and neighbours. */
    public HostNetwork hostNetwork()
    {
        return hostNetwork;
    }

    /**
     * @param value not yet started.
     * @return this.
     */
    public AgentContext healthChecker(final HealthChecker value)
    {
        healthChecker = value;
        return this;
    }

    /** @return what checks the servers. */
    public HealthChecker healthChecker()
    {
        return healthChecker;
    }

    /**
     * @param value not yet started, by default one in the configuration's directory.
     * @return this.
     */
    public AgentContext store(final StoreAgent value)
    {
        store = value;
        return this;
    }

    /** @return what keeps session persistence over a reboot; runs on a thread of its own. */
    public StoreAgent store()
    {
        return store;
    }

    /**
     * @param value for time-outs.
     * @return this.
     */
    public AgentContext nanoClock(final NanoClock value)
    {
        nanoClock = value;
        return this;
    }

    /** @return clock for time-outs. */
    public NanoClock nanoClock()
    {
        return nanoClock;
    }

    /** @return clock for people. */
    public EpochClock epochClock()
    {
        return epochClock;
    }

    /**
     * @param value called once, when the data plane forwards by our first generation.
     * @return this.
     */
    public AgentContext onReady(final Runnable value)
    {
        onReady = value;
        return this;
    }

    /** @return what is called when the data plane forwards. */
    public Runnable onReady()
    {
        return onReady;
    }

    /**
     * @param value called with the reason if the data plane refuses the first generation.
     * @return this.
     */
    public AgentContext onStartFailed(final Consumer<String> value)
    {
        onStartFailed = value;
        return this;
    }

    /** @return what is called when the data plane refuses the first generation. */
    public Consumer<String> onStartFailed()
    {
        return onStartFailed;
    }
}
