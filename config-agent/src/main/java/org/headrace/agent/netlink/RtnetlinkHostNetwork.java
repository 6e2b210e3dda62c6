package org.headrace.agent.netlink;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.protocol.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * {@link HostNetwork} over rtnetlink sockets, in the network namespace of the thread that calls {@link #start}.
 *
 * <p>Assumptions and guarantees: {@link #start} and {@link #close} are called by one thread, never from a callback; any
 * thread may call the others in between, callbacks included. Callbacks come on the daemon thread
 * {@code headrace-netlink} with no lock held. CAP_NET_ADMIN is needed to resolve neighbours and to change addresses.
 */
public final class RtnetlinkHostNetwork implements HostNetwork
{
    private static final Logger LOGGER = LoggerFactory.getLogger(RtnetlinkHostNetwork.class);

    private volatile HostNetworkAgent agent;
    private volatile AddressConfigurator addresses;
    private AgentRunner runner;
    private boolean isClosed;

    @Override
    public void start(final HostNetworkListener listener)
    {
        if (agent != null || isClosed)
        {
            throw new IllegalStateException("a host network is started once");
        }
        final CompletableFuture<Void> ready = new CompletableFuture<>();
        addresses = new AddressConfigurator();
        agent = newAgent(listener);
        runner = new AgentRunner(NoOpIdleStrategy.INSTANCE, error -> onError(error, ready), null,
            new ReadyAgent(agent, ready));
        AgentRunner.startOnThread(runner, task -> Thread.ofPlatform().daemon().unstarted(task));
        try
        {
            ready.join();
        }
        catch (final CompletionException ex)
        {
            close();
            throw new IllegalStateException("the network of this host cannot be read", ex.getCause());
        }
    }

    @Override
    public void watch(final Set<IpAddress> servers)
    {
        checkStarted();
        agent.watch(Set.copyOf(servers));
    }

    @Override
    public void addAddress(final IpAddress address, final String interfaceName)
    {
        checkStarted();
        addresses.add(address, interfaceName);
        LOGGER.info("event=address_added address={} interface={}", address, interfaceName);
    }

    @Override
    public void removeAddress(final IpAddress address, final String interfaceName)
    {
        checkStarted();
        addresses.remove(address, interfaceName);
        LOGGER.info("event=address_removed address={} interface={}", address, interfaceName);
    }

    @Override
    public void close()
    {
        if (runner != null && !isClosed)
        {
            agent.wakeUp();
            runner.close();
            addresses.close();
        }
        isClosed = true;
    }

    private HostNetworkAgent newAgent(final HostNetworkListener listener)
    {
        try
        {
            return new HostNetworkAgent(listener, SystemNanoClock.INSTANCE);
        }
        catch (final NetlinkException ex)
        {
            addresses.close();
            throw ex;
        }
    }

    private void checkStarted()
    {
        if (agent == null)
        {
            throw new IllegalStateException("the host network has not been started");
        }
    }

    private static void onError(final Throwable error, final CompletableFuture<Void> ready)
    {
        if (!ready.completeExceptionally(error))
        {
            LOGGER.error("event=netlink_agent_error", error);
        }
    }

    /** Says when the initial state has been read. */
    private record ReadyAgent(HostNetworkAgent agent, CompletableFuture<Void> ready) implements Agent
    {
        @Override
        public void onStart()
        {
            agent.onStart();
            ready.complete(null);
        }

        @Override
        public int doWork()
        {
            return agent.doWork();
        }

        @Override
        public void onClose()
        {
            agent.onClose();
        }

        @Override
        public String roleName()
        {
            return agent.roleName();
        }
    }
}
