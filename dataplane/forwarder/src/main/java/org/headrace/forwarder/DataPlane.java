package org.headrace.forwarder;

import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import org.agrona.CloseHelper;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.forwarder.affinity.Affinity;
import org.headrace.forwarder.control.AeronRequestSource;
import org.headrace.forwarder.control.ConductorContext;
import org.headrace.forwarder.control.ConfigurationInForce;
import org.headrace.forwarder.control.ControlConductor;
import org.headrace.forwarder.guard.Allowances;
import org.headrace.forwarder.io.PacketDriver;
import org.headrace.forwarder.io.PacketIo;
import org.headrace.forwarder.io.bpf.KernelSelection;
import org.headrace.forwarder.linux.NetworkLink;
import org.headrace.forwarder.linux.ThreadAffinity;
import org.headrace.forwarder.table.ForwardingTable;
import org.headrace.forwarder.table.ServerTable;
import org.headrace.protocol.ControlChannel;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.counters.CountersDescriptor;
import org.headrace.protocol.counters.CountersFile;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One data plane: the workers, the conductor and the embedded media driver, wired together. {@link #close} stops it
 * cleanly and gives all traffic back to the kernel.
 *
 * <p>A data plane whose directory is held by another one stands by, if it may: it loads and compiles what forwarding
 * takes, and waits until the other one ends. If that was killed, it goes on with its connections.
 */
public final class DataPlane implements AutoCloseable
{
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** For 8 192 counters of Aeron, the least that it takes. Their file is written at the start: by default 43 MB. */
    private static final int COUNTERS_BYTES = 1 << 20;

    private static final int EXIT_OK = 0;
    private static final int EXIT_BAD_CONFIGURATION = 1;
    private static final int EXIT_START_FAILED = 2;

    private final List<AutoCloseable> resources = new ArrayList<>();
    private boolean isForwarding;

    private DataPlane()
    {
    }

    /**
     * Runs a data plane until SIGTERM or SIGINT, or until its supervisor is gone.
     *
     * @param arguments see {@link DataPlaneContext#parse}. Exit code 0 after a clean stop, 1 for bad arguments, 2 if it
     *                  could not start.
     */
    public static void main(final String... arguments)
    {
        System.exit(run(arguments));
    }

    private static int run(final String... arguments)
    {
        final DataPlaneContext context;
        try
        {
            context = DataPlaneContext.parse(arguments).conclude(ThreadAffinity.lastAllowedCpu());
        }
        catch (final IllegalArgumentException ex)
        {
            System.err.println("headrace dataplane: " + ex.getMessage());
            return EXIT_BAD_CONFIGURATION;
        }
        final ProcessEnd end = new ProcessEnd();
        end.watch();
        try
        {
            final DataPlane dataPlane = launch(context, end);
            System.err.println("event=dataplane-started " + context);
            end.await();
            System.err.println("event=dataplane-stopping");
            dataPlane.close();
            return EXIT_OK;
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
            return EXIT_OK;
        }
        catch (final RuntimeException ex)
        {
            System.err.println("headrace dataplane: cannot start: " + ex.getMessage());
            return EXIT_START_FAILED;
        }
    }

    private static DataPlane launch(final DataPlaneContext context, final ProcessEnd end)
    {
        final DataPlane dataPlane = new DataPlane();
        try
        {
            dataPlane.start(context, end);
            return dataPlane;
        }
        catch (final RuntimeException ex)
        {
            dataPlane.close();
            throw ex;
        }
    }

    /** Stops everything in the reverse order of its start. */
    @Override
    public void close()
    {
        for (int i = resources.size() - 1; i >= 0; i--)
        {
            CloseHelper.quietClose(resources.get(i));
        }
        resources.clear();
    }

    private void start(final DataPlaneContext context, final ProcessEnd end)
    {
        final BitSet workerCpus = new BitSet();
        context.workers().forEach(workerCpus::set);
        // Threads of the JVM, the conductor and the media driver: all that start from here on inherit it.
        ThreadAffinity.keepProcessOff(workerCpus);

        final List<NetworkLink> interfaces = context.interfaces().stream().map(NetworkLink::find).toList();
        final DriverChoice choice = DriverChoice.of(context, interfaces, System.err);
        final KernelSelection picker = choice.selection();
        final PacketDriver drivers = keep(choice.packets());
        final List<PacketIo> packetIos = context.workers().stream().<PacketIo>map(_ -> drivers.openNext()).toList();
        final RuntimeDirectory directory = keep(RuntimeDirectory.open(context.directory()));
        final boolean isWarm = !directory.tryHold();
        if (isWarm)
        {
            standBy(context, directory, interfaces, picker, packetIos);
        }
        end.onForwarding();
        resources.add(() -> letGo(directory, picker));
        forward(context, interfaces, picker, drivers, packetIos, isWarm);
        isForwarding = true;
    }

    /** After a clean stop nothing is left. After a start that failed, a predecessor's connections wait for the next. */
    private void letGo(final RuntimeDirectory directory, final KernelSelection picker)
    {
        if (isForwarding)
        {
            picker.release();
            directory.clear();
        }
        else
        {
            picker.close();
        }
    }

    /** Returns when this process holds the directory, its predecessor has ended, and everything is compiled. */
    private static void standBy(
        final DataPlaneContext context,
        final RuntimeDirectory directory,
        final List<NetworkLink> interfaces,
        final KernelSelection picker,
        final List<PacketIo> packetIos)
    {
        if (!context.standby())
        {
            throw new IllegalStateException("directory=" + directory +
                " is in use by another data plane (choose another with dataplane.directory)");
        }
        WarmUp.untilCompiled(() -> { });
        new Rehearsal(context, interfaces, picker, packetIos).run();
        System.err.println("event=dataplane-stands-by " + context);
        directory.awaitHold();
        for (final NetworkLink link : interfaces)
        {
            if (!NetworkLink.find(link.name()).equals(link))
            {
                throw new IllegalStateException("interface=" + link.name() + " has changed since " + link);
            }
        }
    }

    private void forward(
        final DataPlaneContext context,
        final List<NetworkLink> interfaces,
        final KernelSelection picker,
        final PacketDriver drivers,
        final List<PacketIo> packetIos,
        final boolean isWarm)
    {
        final StartPhases phases = new StartPhases();
        picker.prepare();
        final long epoch = new SecureRandom().nextLong();
        final Inheritance inheritance = Inheritance.claim(context, epoch, System.err);
        final CountersFile counters = keep(inheritance.counters());
        final ServerTable servers =
            new ServerTable(CountersDescriptor.SERVER_SLOTS, CountersDescriptor.SERVICE_SLOTS);
        final IdleTimeouts timeouts = new IdleTimeouts();
        final Affinity affinity = inheritance.affinity(context);
        final List<Allowances> allowances = Allowances.of(counters);
        final ConfigurationInForce configuration = new ConfigurationInForce(
            counters, servers, affinity, allowances, timeouts, picker, interfaces, inheritance.generation(),
            System.err);
        final ForwardingTable inherited = configuration.restore();
        phases.end("generation");

        final WorkerFactory factory = new WorkerFactory(context, interfaces, inheritance.counters(), servers, affinity,
            allowances, new WorkerFiles(context, inheritance, configuration, servers, timeouts, System.err));
        final List<RunningWorker> workers = new ArrayList<>();
        for (int number = 0; number < context.workers().size(); number++)
        {
            workers.add(factory.create(number, packetIos.get(number), isWarm || inheritance.isThere()));
        }
        phases.end("tables");
        drivers.admit();
        if (!drivers.passProblem().isEmpty())
        {
            System.err.println("event=no-pass-device reason=\"" + drivers.passProblem() + "\"");
        }
        configuration.forwardBy(workers, inherited);
        phases.end("sockets");
        workers.forEach(worker -> start(worker.agentRunner(idleStrategy(context, worker))));
        if (inherited != null)
        {
            // Connections wait for this, and for nothing that follows.
            workers.forEach(RunningWorker::awaitWarm);
            phases.end("threads");
            configuration.attach();
            phases.end("attach");
        }
        // Without a predecessor the media driver starts while the workers warm up.
        final ControlConductor conductor =
            conductor(context, epoch, counters, configuration, timeouts, servers, affinity, workers);
        phases.end("control");
        workers.forEach(RunningWorker::awaitWarm);
        phases.end("warmUp");
        System.err.println("event=workers-started " + phases);
        start(new AgentRunner(housekeepingIdle(), ErrorLog::print, null, conductor));
    }

    private ControlConductor conductor(
        final DataPlaneContext context,
        final long epoch,
        final CountersFile counters,
        final ConfigurationInForce configuration,
        final IdleTimeouts timeouts,
        final ServerTable servers,
        final Affinity affinity,
        final List<RunningWorker> workers)
    {
        final MediaDriver driver = keep(MediaDriver.launchEmbedded(driverContext(context.directory())));
        final Aeron aeron = keep(Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName())));
        return new ControlConductor(new ConductorContext(
            SystemEpochClock.INSTANCE,
            epoch,
            AeronRequestSource.connect(aeron),
            new ControlResponseProxy(
                aeron.addPublication(ControlChannel.CHANNEL, ControlChannel.RESPONSE_STREAM_ID)),
            counters,
            workers,
            configuration,
            timeouts,
            servers,
            affinity,
            SystemNanoClock.INSTANCE,
            System.err));
    }

    private void start(final AgentRunner runner)
    {
        AgentRunner.startOnThread(runner);
        resources.add(runner);
    }

    private <T extends AutoCloseable> T keep(final T resource)
    {
        resources.add(resource);
        return resource;
    }

    private static IdleStrategy idleStrategy(final DataPlaneContext context, final RunningWorker worker)
    {
        return context.busySpin() ? BusySpinIdleStrategy.INSTANCE : new PacketIdleStrategy(worker.packetIo());
    }

    private static IdleStrategy housekeepingIdle()
    {
        return new BackoffIdleStrategy(1, 1, TimeUnit.MICROSECONDS.toNanos(100), MAX_PARK_NS);
    }

    private static MediaDriver.Context driverContext(final Path directory)
    {
        // One thread for all of the driver, and small buffers: the control channel carries kilobytes.
        return new MediaDriver.Context()
            .aeronDirectoryName(ControlChannel.aeronDirectory(directory).toString())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(housekeepingIdle())
            .ipcTermBufferLength(1 << 20)
            .counterValuesBufferLength(COUNTERS_BYTES)
            .errorHandler(ErrorLog::print);
    }
}
